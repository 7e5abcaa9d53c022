// Leaves a page at once: by its button, or by pressing Shift three times. The page is blank before anything else
// happens, since the network may be slow and somebody may be standing behind.
const link = document.querySelector("[data-exit]")

const leave = () => {
  document.body.replaceChildren()
  document.title = ""
  navigator.sendBeacon("/session/exit")
  location.replace(link.href)
}

link.addEventListener("click", (event) => {
  event.preventDefault()
  leave()
})

const within = 3000
let presses = []
document.addEventListener("keydown", (event) => {
  if (event.key !== "Shift") {
    presses = []
    return
  }
  if (event.repeat) return
  const now = Date.now()
  presses = [...presses.filter((at) => now - at < within), now]
  if (presses.length >= 3) leave()
})
