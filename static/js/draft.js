// Keeps what somebody types in a form: every few seconds it is saved as a draft, and beside the form stands when. What was
// typed last goes along when the page is left; once the form is sent, it is a draft no more.
const pause = 3000

// A page that is loaded anew is asked for while the one before still says its last word, and may have missed it.
const anew = performance.getEntriesByType("navigation")[0]?.type === "reload"

for (const form of document.querySelectorAll("form[data-draft]")) {
  const status = form.querySelector("[data-draft-status]")
  let timer = 0
  let saving = null
  let untouched = true
  let unsaved = false

  const say = (text) => {
    if (status.textContent !== text) status.textContent = text
  }

  const save = async () => {
    timer = 0
    saving = new AbortController()
    const { signal } = saving
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(new FormData(form)), signal })
      if (!answer.ok || answer.redirected) throw new Error("not saved")
      say((await answer.text()).trim())
      if (!timer) unsaved = false
    } catch {
      if (!signal.aborted) say(status.dataset.failed)
    }
  }

  const again = async () => {
    const answer = await fetch(location.href)
    if (!answer.ok || answer.redirected) return
    const kept = (await answer.text()).match(/data-draft-kept="([^"]*)"/)?.[1]
    if (untouched && kept && kept !== status.dataset.draftKept) location.reload()
  }

  form.addEventListener("input", () => {
    untouched = false
    unsaved = true
    timer ||= setTimeout(save, pause)
  })
  form.addEventListener("submit", () => {
    clearTimeout(timer)
    timer = 0
    unsaved = false
    saving?.abort()
  })
  const leave = () => {
    if (unsaved && navigator.sendBeacon(form.dataset.draft, new URLSearchParams(new FormData(form)))) unsaved = false
  }
  addEventListener("beforeunload", leave)
  addEventListener("pagehide", leave)
  // Without a network there is nothing newer to be had.
  if (anew) again().catch(() => {})
}
