// Starts the design system's components, on the page and on what htmx puts into it, and lets a form be sent once.
import { initAll } from "./govuk-frontend.min.js"

// Around a replaced part stand components that run already; the design system reports those as errors.
const quietly = { onError: () => {} }

document.body.classList.add("js-enabled", "govuk-frontend-supported")
initAll(quietly)
document.addEventListener("htmx:after:swap", (event) => {
  initAll({ scope: event.target.parentElement ?? document.body, ...quietly })
  const summary = document.querySelector(".govuk-error-summary")
  if (summary && event.target.contains?.(summary)) summary.focus()
})

// A second press while the first is under way would send the form again. The second click of a double-click comes when a
// quick answer may have put another button in its place.
const sent = new WeakSet()
document.addEventListener("submit", (event) => {
  const form = event.target
  if (form.method !== "post") return
  if (sent.has(form)) {
    event.preventDefault()
    event.stopImmediatePropagation()
    return
  }
  sent.add(form)
  event.submitter?.setAttribute("aria-busy", "true")
}, true)

document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest("button")?.form?.method === "post") event.preventDefault()
}, true)

const release = (form) => {
  sent.delete(form)
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy")
}
document.addEventListener("htmx:finally:request", (event) => {
  if (event.target instanceof HTMLFormElement) release(event.target)
})
// A script that took a form over gives it back.
document.addEventListener("pas:release", ({ target }) => release(target))
// Somebody who stopped the page from loading may try again. What htmx sends, no key stops.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("form:not([hx-post])").forEach(release)
})
