// Acts in place: htmx sends a form and puts the answer where the page's content stands. What somebody had begun to type
// in another form stays, the focus goes to what is to be read next, and a form without an answer stays as it is.
const content = document.getElementById("content")
const notice = document.getElementById("notice")
const unsent = document.getElementById("unsent")

// The form in place that a request of htmx comes from; parts of a page that ask for themselves anew have none.
const formOf = (event) => event.detail.ctx?.request?.form

const typed = new WeakSet()
document.addEventListener("input", ({ target }) => {
  if (target.form?.method === "post") typed.add(target.form)
}, true)

document.addEventListener("htmx:before:request", (event) => {
  formOf(event)?.querySelector(":scope > .pas-banner--problem")?.remove()
})

// A refusal that no page goes with says why in a banner; 401 and 404 lead elsewhere.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail
  const shown = ctx.response.status < 400 || [409, 422].includes(ctx.response.status)
  if (formOf(event) && !shown) ctx.select = ".pas-banner--problem"
})

document.addEventListener("htmx:before:swap", (event) => {
  const form = formOf(event)
  if (!form) return
  const fragment = event.detail.tasks[0]?.fragment
  if (fragment?.firstElementChild?.id === content.id) {
    keepTyped(form, fragment)
    return
  }
  event.preventDefault()
  complain(form, event.detail.ctx.response.status < 500 && fragment?.firstElementChild)
})

document.addEventListener("htmx:error", (event) => {
  if (formOf(event)) complain(formOf(event))
})

// Says beside the form, or where that is gone on top, that it was not sent.
const complain = (form, reason) => {
  notice.replaceChildren()
  const place = form.isConnected ? form : notice
  place.append(reason || unsent.content.firstElementChild.cloneNode(true))
  place.lastElementChild.scrollIntoView({ block: "nearest" })
}

const sameForm = (form, within) => within.querySelector(`form[action="${CSS.escape(form.getAttribute("action"))}"]`)

const keepTyped = (sent, fragment) => {
  for (const form of content.querySelectorAll("form")) {
    if (form !== sent && typed.has(form)) sameForm(form, fragment)?.replaceWith(form)
  }
}

// The error summary takes the focus by itself; a field that had it keeps it, by its id.
document.addEventListener("htmx:after:swap", (event) => {
  const form = formOf(event)
  if (!form || content.querySelector(".govuk-error-summary")) return
  if (notice.childElementCount > 0) {
    notice.focus({ preventScroll: true })
    return
  }
  if (document.activeElement === document.body) sameForm(form, content)?.querySelector("[type=submit]").focus({ preventScroll: true })
  const said = document.createElement("span")
  said.className = "govuk-visually-hidden"
  said.textContent = content.querySelector("[data-announced]")?.textContent ?? ""
  notice.append(said)
})
