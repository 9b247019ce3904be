// Runs Lighthouse in a browser that listens on a port, for one form factor, and prints what it found as JSON.
//   node lighthouse.mjs PORT mobile|desktop ADDRESS …
import lighthouse, { desktopConfig } from 'lighthouse'

const [port, form, ...addresses] = process.argv.slice(2)
const flags = {
  port: Number(port),
  onlyCategories: ['accessibility', 'best-practices'],
  disableFullPageScreenshot: true,
  logLevel: 'silent',
  // Speed is not asked for: no need to wait until nothing moves any more.
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 250,
  networkQuietThresholdMs: 500,
  cpuQuietThresholdMs: 0
}

const found = []
for (const address of addresses) {
  const { lhr } = await lighthouse(address, flags, form === 'desktop' ? desktopConfig : undefined)
  found.push({
    address,
    error: lhr.runtimeError?.message ?? '',
    scores: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score])),
    faults: Object.values(lhr.audits)
      .filter(({ score }) => score !== null && score < 1)
      .map(({ id, title, details }) => `${id}: ${title} ${JSON.stringify(details?.items ?? []).slice(0, 1000)}`)
  })
}
console.log(JSON.stringify(found))
