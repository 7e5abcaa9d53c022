// Keeps what is on the screen from people for whom it is not: after leaving the page, and on an abandoned computer.

// A browser may keep a page as it was and show it again on Back, without asking the server: hide it on leaving, and
// load it anew on coming back.
const page = document.documentElement
addEventListener("pagehide", () => page.classList.add("pas-left"))
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload()
  else page.classList.remove("pas-left")
})

const curtain = document.getElementById("curtain")
const covered = curtain.querySelector("[data-covered]")
const ended = curtain.querySelector("[data-ended]")
const coverAfter = Number(curtain.dataset.coverAfter) * 1000
const endAfter = Number(curtain.dataset.endAfter) * 1000

let last = Date.now()
let dirty = null // the form in which something was typed last
let sending = null // the form that is on its way
let focused = null
let over = false

const busy = () => {
  if (curtain.hidden) last = Date.now()
}
for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
  addEventListener(name, busy, { passive: true, capture: true })
}
addEventListener("input", (event) => {
  const form = event.target.form
  if (form?.method === "post") dirty = form
}, true)
addEventListener("submit", (event) => {
  if (event.target === dirty) dirty = null
}, true)
addEventListener("submit", (event) => {
  const form = event.target
  if (form.method === "post" && (!event.defaultPrevented || form.hasAttribute("hx-post"))) sending = form
})
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !sending?.hasAttribute("hx-post")) sending = null
})
// A form that htmx has sent and that is still there was not answered.
document.addEventListener("htmx:finally:request", ({ target }) => {
  if (target === sending) sending = null
  if (target instanceof HTMLFormElement && target.method === "post") dirty ??= target
})

// Whoever signs out, or goes on at another workplace, leaves: the page that is told of it meanwhile asks for nothing more.
const leaving = ["/session/destroy", "/memberships"]
document.addEventListener("htmx:before:request", (event) => {
  if (leaving.includes(sending?.getAttribute("action"))) event.preventDefault()
})

// What asks for itself anew may meet the end of the session first, and would lead to signing in past what is typed, or past a
// form that is on its way: its own answer leads there, once it is kept.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail
  if (ctx.request.form?.method === "post" || !ctx.hx.redirect?.startsWith("/signin")) return
  const underway = sending?.isConnected
  // Nor does what is no longer on the page, as when somebody leaves it at once (exit.js).
  if (!underway && !dirty?.isConnected && ctx.sourceElement.isConnected) return
  event.preventDefault()
  if (!underway && !over && ctx.sourceElement.isConnected) end()
})

const others = () => [...document.body.children].filter((element) => element !== curtain)

const cover = () => {
  focused = document.activeElement
  for (const element of others()) element.inert = true
  page.classList.add("pas-covered")
  curtain.hidden = false
  curtain.querySelector("button").focus()
}

const uncover = () => {
  for (const element of others()) element.inert = false
  page.classList.remove("pas-covered")
  curtain.hidden = true
  last = Date.now()
  focused?.focus?.()
}

// The session has ended, or is about to: keep what was typed, then take everything off the page.
const end = async () => {
  over = true
  const signIn = curtain.querySelector("[data-sign-in]")
  signIn.href = "/signin?return=" + encodeURIComponent(location.pathname + location.search)
  if (dirty?.isConnected) {
    try {
      const answer = await fetch("/parked-forms", { method: "POST", body: new URLSearchParams(new FormData(dirty)) })
      const back = answer.headers.get("Location")
      if (answer.status === 201 && back?.startsWith("/")) {
        signIn.href = back
        ended.querySelector("[data-kept]").hidden = false
      }
    } catch {
      // Without a network nothing can be kept; signing in leads back to the page all the same.
    }
  }
  for (const element of others()) element.remove()
  document.title = "Passerelle"
  page.classList.add("pas-covered")
  curtain.hidden = false
  covered.hidden = true
  ended.hidden = false
  curtain.setAttribute("aria-labelledby", "curtain-ended")
  signIn.focus()
}

curtain.querySelector("[data-uncover]").addEventListener("click", uncover)
// Time is compared rather than counted, since a computer that sleeps counts nothing.
const look = () => {
  if (over) return
  const idle = Date.now() - last
  if (idle >= coverAfter && curtain.hidden) cover()
  if (idle >= endAfter) end()
}
setInterval(look, 1000)
document.addEventListener("visibilitychange", look)
