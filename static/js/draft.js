// Keeps what somebody types in a form: every few seconds it is saved as a draft, and beside the form stands when. What was
// typed last goes along when the page is left; once the form is sent, it is a draft no more.
const pause = 3000

for (const form of document.querySelectorAll("form[data-draft]")) {
  const status = form.querySelector("[data-draft-status]")
  let timer = 0
  let saving = null

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
    } catch {
      if (!signal.aborted) say(status.dataset.failed)
    }
  }

  form.addEventListener("input", () => {
    timer ||= setTimeout(save, pause)
  })
  form.addEventListener("submit", () => {
    clearTimeout(timer)
    timer = 0
    saving?.abort()
  })
  addEventListener("pagehide", () => {
    if (timer) navigator.sendBeacon(form.dataset.draft, new URLSearchParams(new FormData(form)))
  })
}
