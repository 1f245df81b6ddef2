/** Pages through slides by buttons and arrow keys, and reports a file that cannot be loaded. */
export const postScript = `
const stage = document.querySelector('.stage')
const file = stage.querySelector('video, img')
const lost = () => stage.classList.add('lost')
file.addEventListener('error', lost)
if (file.error || (file.complete && file.naturalWidth === 0)) lost()
const slides = stage.querySelector('.slides')
if (slides) {
  const [back, on] = stage.querySelectorAll('button')
  const says = stage.querySelector('[role=status]')
  const count = slides.children.length
  const place = () => Math.round(slides.scrollLeft / slides.clientWidth)
  const show = () => {
    says.textContent = (place() + 1) + ' / ' + count
    back.disabled = place() === 0
    on.disabled = place() === count - 1
  }
  const smooth = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
  const go = (by) => slides.scrollTo({ left: (place() + by) * slides.clientWidth, behavior: smooth })
  back.onclick = () => go(-1)
  on.onclick = () => go(1)
  slides.addEventListener('scroll', show, { passive: true })
  document.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    go(by)
  })
  show()
}
`
