// What the tests ask of a page: (name, ...arguments) => answer. Nothing here acts; people's clicks and keys are real
// input events, sent by the tests.
(name, ...args) => {
  const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim()
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0
  const label = (e) => squeeze(e.getAttribute("aria-label") || e.textContent)

  // Something to press is named by its words, as people would say them, or by a selector.
  const find = (what) => {
    if (!what.words) return [...document.querySelectorAll(what.selector)].filter(shown)
    const all = [...document.querySelectorAll("a[href], button, summary")].filter(shown)
    const exact = all.filter((e) => label(e) === what.words)
    return exact.length ? exact : all.filter((e) => label(e).startsWith(what.words))
  }
  const heading = () => document.querySelector("h1") ?? document
  // A radio button or checkbox is small: people click its label.
  const face = (e) => (e.matches("[type=radio], [type=checkbox]") && e.labels[0]) || e

  const asked = {
    state: () => ({
      ready: document.readyState === "complete", left: Boolean(heading().passerelleLeft), url: location.href,
      h1: [...document.querySelectorAll("h1")].filter(shown).map((e) => squeeze(e.textContent)),
      text: squeeze(document.body?.innerText),
    }),
    has: (text) => squeeze(document.body?.innerText).includes(text),
    count: (what) => find(what).length,
    text: (what) => find(what).map((e) => squeeze(e.innerText)).join("\n"),
    cells: (what) => find(what).flatMap((e) => [...e.children]).map((e) => squeeze(e.innerText)).join("\n"),
    focus: (what) => { find(what)[0].focus() },
    // Marks what one reads, so that what comes next, be it another document or an answer in its place, can be told from it,
    // and says what stood there.
    leave: () => { heading().passerelleLeft = true; return squeeze(document.body?.innerText) },
    // Marks the document itself, and says whether it is still the same.
    stay: () => { document.passerelleStays = true },
    stayed: () => Boolean(document.passerelleStays),
    inSight: (what) => find(what).every((e) => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom <= innerHeight),
    scroll: () => Math.round(scrollY),
    point: (what) => {
      const found = find(what)
      if (found.length !== 1) return { problem: `${found.length} match` }
      const e = face(found[0])
      e.scrollIntoView({ block: "center", behavior: "instant" })
      const r = e.getClientRects()[0]
      const [x, y] = [r.x + r.width / 2, r.y + r.height / 2]
      const top = document.elementFromPoint(x, y)
      if (!top || !(e.contains(top) || top.contains(e))) return { problem: `covered by ${top?.outerHTML.slice(0, 200)}` }
      return { x, y }
    },
    // What kind of field has a name, of those that one sees.
    sort: (name) => {
      const e = [...document.getElementsByName(name)].find((e) => e.type !== "hidden" && (shown(e) || shown(face(e))))
      return !e ? "" : e.matches("[type=radio], [type=checkbox]") ? e.type : e.matches("select") ? "select" : "text"
    },
    value: (what) => find(what).map((e) => e.matches("[type=radio], [type=checkbox]") ? String(e.checked) : e.value)[0],
    option: (what) => find(what).map((e) => squeeze(e.selectedOptions[0]?.textContent))[0],
    optionLabel: (what, value) => squeeze([...find(what)[0].options].find((o) => o.value === value)?.textContent),
    focused: (what) => find(what).includes(document.activeElement),
    // The keyboard reaches one button of a group of radio buttons; arrows go on from there.
    inGroup: (what) => {
      const [e, at] = [find(what)[0], document.activeElement]
      return e?.type === "radio" && at.type === "radio" && at.name === e.name && at.form === e.form
    },
    // What is wrong with where the focus is, for somebody who sees and has no mouse.
    focusProblem: () => {
      const e = document.activeElement
      if (!e || e === document.body || e === document.documentElement) return ""
      const who = e.outerHTML.slice(0, 160)
      const mark = [e, e.labels?.[0]].filter(Boolean).flatMap((x) => [getComputedStyle(x), getComputedStyle(x, "::before")])
      if (!mark.some((s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none")) return `focus is not visible: ${who}`
      const r = (e.getClientRects()[0] ?? e.getBoundingClientRect())
      const inside = [0.1, 0.5, 0.9].some((f) => {
        const top = document.elementFromPoint(r.x + r.width * f, r.y + r.height / 2)
        return top && (e.contains(top) || top.contains(e) || e.labels?.[0]?.contains(top))
      })
      return inside ? "" : `focus is hidden: ${who}`
    },
    frame: () => ({
      title: document.title, lang: document.documentElement.lang, url: location.href,
      h1: document.querySelectorAll("h1").length, text: document.body.innerText,
    }),
    // What the page is made of, whatever it says, in whichever language, and however often: which elements stand in which. What axe
    // asks of the whole goes along: that there is a language, the headings in their order, which landmarks are called the same, and
    // whether two elements have one id.
    shape: () => {
      const all = (selector) => [...document.querySelectorAll(selector)]
      const ids = all("[id]").map((e) => e.id)
      const landmarks = all("nav, form, section, aside, [role]").map((e) => [e.localName + e.getAttribute("role"), e.getAttribute("aria-label"), !e.getAttribute("aria-labelledby")])
      const labels = landmarks.map(([, label]) => label && label.trim())
      const whole = [
        document.documentElement.lang !== "", all("h1, h2, h3, h4, h5, h6").map((e) => e.localName).filter((name, i, names) => name !== names[i - 1]),
        landmarks.map(([what, , unlabelled], i) => what + (labels[i] && labels.indexOf(labels[i])) + unlabelled),
        new Set(ids).size === ids.length,
      ].join("\n")
      const made = (e) => e.localName + ["class", "type", "role", "aria-current", "aria-sort"].map((name) => e.getAttribute(name)) +
        (e.disabled || "") + (e.checked || "") + e.hidden + !e.textContent.trim()
      return [whole, ...new Set(all("*").map((e) => made(e.parentElement ?? e) + " > " + made(e)))].sort().join("\n")
    },
    overflow: () => {
      const width = document.documentElement.clientWidth
      if (document.documentElement.scrollWidth <= width) return ""
      return [...document.querySelectorAll("body *")].filter((e) => shown(e) && !e.closest(".pas-scroll") && e.getBoundingClientRect().right > width + 1)
        .slice(-3).map((e) => e.outerHTML.slice(0, 160)).join("\n") || `scrollWidth ${document.documentElement.scrollWidth}`
    },
    // Empty is the one acceptable answer: nothing of a dossier lies in the browser.
    kept: async () => [
      ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await indexedDB.databases()).map((d) => d.name),
      ...(globalThis.caches ? await caches.keys() : []),
    ],
    axe: async () => (await axe.run(document, {
      runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
      resultTypes: ["violations"],
    })).violations.map((v) => `${v.id} (${v.help}): ` + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " " + squeeze(n.failureSummary)).join(" | ")),
  }
  return asked[name](...args)
}
