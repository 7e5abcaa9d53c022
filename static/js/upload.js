// Sends the file of a form in pieces, so that one sees how far it is, and that what has arrived is not sent again: when the network
// was away, when the page was loaded anew, or the next day. At the end the form is sent as it stands, without the file.
const pauses = [1000, 2000, 5000, 10000, 20000]
const most = 60
const wait = (ms) => new Promise((done) => setTimeout(done, ms))

for (const form of document.querySelectorAll("form[data-parts-announce]")) {
  const input = form.querySelector("input[type=file]")
  if (!input) continue
  const words = form.dataset
  const known = JSON.parse(words.partsKnown)
  const status = form.querySelector("[data-parts-status]")
  const bar = status.querySelector("progress")
  const text = status.querySelector("p")

  const say = (said) => {
    status.hidden = false
    if (text.textContent !== said) text.textContent = said
  }

  // Asks again while the network or the server is away. Nothing is the answer of somebody who may not, or is signed in no more.
  const ask = async (address, fields) => {
    for (let tries = 0; tries < most; tries++) {
      const body = new FormData()
      body.set("_csrf", form.elements._csrf.value)
      for (const [name, value] of Object.entries(fields)) body.set(name, value)
      try {
        const answer = await fetch(address, { method: "POST", body, redirect: "manual" })
        if (answer.ok || answer.status === 422) return await answer.json()
        if (answer.status < 500) return null
      } catch {
        // There is no network.
      }
      say(words.partsWaiting)
      await wait(pauses[Math.min(tries, pauses.length - 1)])
    }
    return null
  }

  const send = async (file) => {
    const there = known.find(({ name, size }) => name === file.name && size === file.size)
    if (there) form.elements.upload.value = there.id
    const upload = form.elements.upload.value
    let answer = await ask(words.partsAnnounce, { upload, name: file.name, type: file.type, bytes: file.size })
    while (answer && !answer.problem && answer.received < file.size) {
      const at = answer.received
      bar.value = Math.floor((at * 100) / file.size)
      say(words.partsGoing.replace("[n]", bar.value))
      answer = await ask(`${words.partsSend}${upload}/parts`, { at, part: file.slice(at, at + Number(words.partsMost)) })
      // The answer to this piece was lost, and it was sent again: the file goes on from where it is.
      if (answer?.problem && answer.received > at) answer = { received: answer.received }
    }
    return answer
  }

  form.addEventListener("submit", async (event) => {
    const file = input.files[0]
    if (!file) return
    event.preventDefault()
    status.classList.remove("pas-arrival--failed")
    const answer = await send(file)
    if (answer?.problem) {
      status.classList.add("pas-arrival--failed")
      say(answer.problem)
      form.dispatchEvent(new CustomEvent("pas:release", { bubbles: true }))
      return
    }
    if (answer) {
      bar.value = 100
      say(words.partsLooked)
      const arrived = document.createElement("input")
      arrived.type = "hidden"
      arrived.name = "arrived"
      arrived.value = "yes"
      form.append(arrived)
    }
    // Whoever is signed in no more is led to signing in by the form, which is kept meanwhile.
    input.disabled = true
    form.submit()
  })
}
