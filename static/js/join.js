// Puts the code of an invitation, which stands behind the # of its link, into the field, and takes it out of the address bar and
// the browser's history. Without scripts it is typed.
const code = decodeURIComponent(location.hash.slice(1))
const field = document.querySelector('input[name="code"]')
if (code && field) {
  if (!field.value) field.value = code
  history.replaceState(history.state, "", location.pathname + location.search)
}
