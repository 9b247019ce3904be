// Our own enhancements. Every page works without them: forms have buttons, progress has a link, selects stay selects.

// --- words are counted as the server does (boroughs/word_count.py): the library takes "half-hourly" for two ---
const countOther = CharacterCount.prototype.updateCount
CharacterCount.prototype.updateCount = function () {
  if (this.config.countType !== 'words') return countOther.call(this)
  // What cannot be seen is taken away before it is counted there.
  this.count = this.$textarea.value.replace(/\p{Cf}/gu, '').match(/\S+/g)?.length ?? 0
}
initAll()

// --- filters: a change fetches the same address the button would, and swaps one region ---
const swap = async (form, region) => {
  const address = new URL(form.action || location.href)
  address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== '')).toString()
  const request = new AbortController()
  form.pending?.abort()
  form.pending = request
  region.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(address, { signal: request.signal, headers: { 'X-Requested-With': 'fetch' } })
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.getElementById(region.id)
    if (!fresh) throw new Error('the answer has no such region')
    region.replaceChildren(...fresh.childNodes)
    region.removeAttribute('aria-busy')
    relabel(form, page.querySelector(`form[data-live-target="${region.id}"]`))
    history.replaceState(null, '', address)
    document.title = page.title
    document.getElementById(form.dataset.liveStatus).textContent = region.querySelector('.loti-count')?.textContent.trim() ?? ''
  } catch (problem) {
    if (problem.name !== 'AbortError') form.submit()
  }
}

// The words of the filters carry counts, which depend on what else is chosen.
const relabel = (form, fresh) => {
  for (const box of fresh?.querySelectorAll('input[type="checkbox"]') ?? []) {
    const own = [...form.querySelectorAll('input[type="checkbox"]')].find((each) => each.name === box.name && each.value === box.value)
    if (own?.labels.length && box.labels.length) own.labels[0].textContent = box.labels[0].textContent
  }
  for (const select of fresh?.querySelectorAll('select') ?? []) {
    const own = form.querySelector(`select[name="${select.name}"]`)
    const value = own?.value
    own?.replaceChildren(...select.cloneNode(true).children)
    if (own) own.value = value
    if (own?.selectedIndex === -1) own.value = select.value
  }
}

for (const form of document.querySelectorAll('form[data-live-target]')) {
  const region = document.getElementById(form.dataset.liveTarget)
  if (!region) continue
  let timer
  form.addEventListener('change', () => swap(form, region))
  form.addEventListener('input', (event) => {
    if (event.target.type !== 'search') return
    clearTimeout(timer)
    timer = setTimeout(() => swap(form, region), 350)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    swap(form, region)
  })
}

// --- progress: ask until it is done, then show the page that has the result ---
const poll = async (box) => {
  let wait = 1000
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    if (document.hidden) continue
    try {
      const answer = await fetch(box.dataset.pollUrl, { headers: { Accept: 'application/json' } })
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
      const state = await answer.json()
      if (state.done) return location.reload()
      const bar = box.querySelector('progress')
      bar.max = state.maximum || 1
      bar.value = state.value || 0
      const label = box.querySelector('[data-progress-label]')
      if (state.label && label.textContent !== state.label) label.textContent = state.label
      box.querySelector('[data-progress-count]').textContent = `${state.value} of ${state.maximum}`
      wait = 1000
    } catch {
      wait = Math.min(wait * 2, 15000)
    }
  }
}

for (const box of document.querySelectorAll('[data-poll-url]')) {
  box.querySelector('[data-progress-refresh]')?.remove()
  poll(box)
}

// --- panels: a part of the page that has an address of its own; where it cannot be fetched, its link stays ---
const fill = async (panel) => {
  const answer = await fetch(panel.dataset.panelUrl, { headers: { 'X-Requested-With': 'fetch' } })
  if (!answer.ok || answer.redirected) return
  const part = new DOMParser().parseFromString(await answer.text(), 'text/html')
  panel.replaceChildren(...part.body.childNodes)
}

for (const panel of document.querySelectorAll('[data-panel-url]')) fill(panel).catch(() => {})

// --- look before you log: once typing pauses, what is there already that is like it. Sent, so that no address has it ---
const LOOK_AFTER = 400
const LEAST_WORDS = 3

const look = async (form, region) => {
  form.looking?.abort()
  const typed = new FormData(form)
  const title = (typed.get('title') ?? '').trim()
  if (!title || `${title} ${typed.get('problem') ?? ''}`.trim().split(/\s+/).length < LEAST_WORDS) return
  const request = new AbortController()
  form.looking = request
  const sent = new URLSearchParams()
  for (const name of ['csrfmiddlewaretoken', 'title', 'problem', 'borough']) if (typed.has(name)) sent.set(name, typed.get(name))
  try {
    const answer = await fetch(form.dataset.lookUrl, { method: 'POST', body: sent, signal: request.signal, headers: { 'X-Requested-With': 'fetch' } })
    // 422 says in words what cannot be looked for.
    if (answer.redirected || (!answer.ok && answer.status !== 422)) return
    const part = new DOMParser().parseFromString(await answer.text(), 'text/html')
    // Nobody loses the place where they are: what they have reached in the panel stays until they leave it.
    if (request.signal.aborted || region.contains(document.activeElement)) return
    region.replaceChildren(...part.body.childNodes)
    const status = document.getElementById(form.dataset.lookStatus)
    const count = region.querySelector('.loti-count')?.textContent.trim() ?? ''
    if (status.textContent !== count) status.textContent = count
  } catch (problem) {
    // The button of the form shows the same.
    if (problem.name !== 'AbortError' && !(problem instanceof TypeError)) throw problem
  }
}

for (const form of document.querySelectorAll('form[data-look-url]')) {
  const region = document.getElementById(form.dataset.lookTarget)
  if (!region) continue
  let timer
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => look(form, region), LOOK_AFTER)
  })
}

// --- the review queue by single keys: off until the person switches them on, and never while they type ---
const KEYS_KEPT = 'review-keys'

const kept = (value) => {
  // A browser that keeps nothing forgets the choice with the page.
  try {
    if (value !== undefined) localStorage.setItem(KEYS_KEPT, value)
    return localStorage.getItem(KEYS_KEPT)
  } catch {
    return null
  }
}

const answerByKeys = (box) => {
  const toggle = box.querySelector('button')
  const cards = [...document.querySelectorAll('.loti-member')]
  let isOn = kept() === 'on'
  const show = () => toggle.setAttribute('aria-pressed', isOn)
  // A reading that was broken off goes on at the need that was last answered.
  const first = Math.max(cards.findIndex((card) => 'about' in card.dataset), 0)
  const at = () => cards.findIndex((card) => card.contains(document.activeElement))
  const press = (key) => {
    const card = cards[at()]
    const button = card?.querySelector(`[data-key="${key}"]`) ?? document.querySelector(`main [data-key="${key}"]:not(.loti-member *)`)
    button?.click()
    return Boolean(button)
  }
  const explain = () => {
    const reason = (cards[at()] ?? document.querySelector('.loti-answers:not(.loti-member *)'))?.querySelector('details')
    if (!reason) return false
    reason.open = true
    reason.querySelector('textarea').focus()
    return true
  }
  const go = (step) => {
    const place = at() === -1 ? (step > 0 ? first : cards.length - 1) : at() + step
    cards[Math.min(Math.max(place, 0), cards.length - 1)]?.focus()
    return true
  }
  box.hidden = false
  show()
  toggle.addEventListener('click', () => {
    isOn = !isOn
    kept(isOn ? 'on' : 'off')
    show()
  })
  document.addEventListener('keydown', (event) => {
    if (!isOn || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
    if (event.target.closest('input, textarea, select')) return
    const key = event.key.toLowerCase()
    const done = key === 'j' ? go(1) : key === 'k' ? go(-1) : key === 'r' ? explain() : 'bxtansu'.includes(key) && key.length === 1 && press(key)
    if (done) event.preventDefault()
  })
  // A message is read first.
  if (isOn && !document.querySelector('.govuk-notification-banner')) go(1)
}

for (const box of document.querySelectorAll('[data-review-keys]')) answerByKeys(box)

// An answer that is asked for again is heard at once, not taken for the page before.
document.querySelector('[data-asked-again]')?.focus()

// --- on a phone the results come first: filters are folded, unless some are set that no list above the results names ---
const wide = window.matchMedia('(min-width: 48.0625em)')
const foldFilters = () => {
  for (const more of document.querySelectorAll('.loti-filter__more')) {
    const isSet = [...new FormData(more.closest('form'))].some(([name, value]) => name !== 'q' && name !== 'sort' && value)
    more.open = wide.matches || (isSet && !document.querySelector('.loti-chosen'))
  }
}
foldFilters()
// A phone that is turned, a window that is widened: the words to unfold them are gone there.
wide.addEventListener('change', foldFilters)

// --- autocomplete: its library is loaded only where a page has such a select ---
const selects = document.querySelectorAll('select[data-autocomplete]')
const library = document.querySelector('script[data-autocomplete-src]')
if (selects.length && library && isSupported()) {
  const script = document.createElement('script')
  script.src = library.dataset.autocompleteSrc
  script.addEventListener('load', () => selects.forEach(enhance))
  document.head.append(script)
}

// An option's words without the count behind them, which may have changed since they were written into the box.
const uncounted = (text) => text.trim().replace(/ \([\d,]+\)$/, '')

function enhance (select) {
  const described = (select.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent.trim())
  // Clearing or mistyping must not leave the last choice behind: what is not an option counts as nothing chosen.
  const choose = (name) => {
    const option = [...select.options].find((each) => uncounted(each.text) === uncounted(name))
    const value = option ? option.value : ''
    if (select.value === value) return
    select.value = value
    select.dispatchEvent(new Event('change', { bubbles: true }))
  }
  window.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    // Read anew each time: the counts in the options change with the other filters.
    source: (typed, show) => show([...select.options].filter((option) => option.value && option.text.toLowerCase().includes(typed.toLowerCase())).map((option) => option.text)),
    defaultValue: select.value ? undefined : '',
    showAllValues: true,
    autoselect: false,
    confirmOnBlur: false,
    inputClasses: select.classList.contains('govuk-select--error') ? 'autocomplete__input--error' : null,
    // The library describes the box by itself: hint and error of the select go in front of its words.
    tAssistiveHint: () => [...described, 'When there are suggestions use the up and down arrows to review and enter to select.'].filter(Boolean).join('. '),
    dropdownArrow: () => '<span class="loti-autocomplete-arrow" aria-hidden="true"></span>',
    onConfirm: (name) => name && choose(name)
  })
  const input = select.parentElement.querySelector('.autocomplete__input')
  input.addEventListener('change', () => choose(input.value))
}
