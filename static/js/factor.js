// Asks the browser to make a passkey, or to sign with one, when the form of it is sent; what it answers goes along with the form.
// Whatever fails is said in words beside the button, and the form can be sent again.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
const described = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }))

const make = async (options, signal) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
    signal,
  })
  return {
    clientDataJSON: text(made.response.clientDataJSON),
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
    made,
  }
}

const sign = async (options, signal) => {
  const made = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials) },
    signal,
  })
  const { clientDataJSON, authenticatorData, signature, userHandle } = made.response
  return {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    ...(userHandle?.byteLength ? { userHandle: text(userHandle) } : {}),
    made,
  }
}

// What went wrong, as the names of the page's sentences. Browsers do not tell a person who says no from one who takes too long.
const reasons = { NotAllowedError: "cancelled", AbortError: "cancelled", SecurityError: "origin", InvalidStateError: "known", NotSupportedError: "unsupported" }
const reason = (error, begun, options) =>
  error.name === "NotAllowedError" && Date.now() - begun >= options.timeout ? "late" : (reasons[error.name] ?? "failed")

let asking = false

const ask = async (form) => {
  const status = form.querySelector("[data-passkey-status]")
  const say = (name) => { status.textContent = name ? status.dataset[name] : "" }
  if (!window.PublicKeyCredential || !navigator.credentials) return say(window.isSecureContext ? "unsupported" : "origin")
  const options = JSON.parse(form.dataset.options)
  const begun = Date.now()
  const button = form.querySelector("button[type=submit]")
  asking = true
  button.setAttribute("aria-busy", "true")
  say("waiting")
  try {
    const { made, ...response } = await (form.dataset.passkey === "register" ? make(options) : sign(options))
    form.elements.answer.value = JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type, response,
      clientExtensionResults: {}, authenticatorAttachment: made.authenticatorAttachment ?? undefined,
    })
    say("")
    // Past the listeners: they would take this for a second press.
    HTMLFormElement.prototype.submit.call(form)
  } catch (error) {
    say(reason(error, begun, options))
    button.removeAttribute("aria-busy")
    button.focus()
  } finally {
    asking = false
  }
}

// On the window, which hears before the document: whoever tries again has not pressed the same button twice.
addEventListener("submit", (event) => {
  const form = event.target
  if (!form.matches?.("form[data-passkey]")) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (!asking) ask(form)
}, true)

// What was asked for before goes on as soon as it may.
document.querySelector("form[data-onward]")?.requestSubmit()
