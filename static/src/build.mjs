// Builds static/build/: one style sheet, one module, the autocomplete, fonts, images and the licences of what is shipped.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as sass from 'sass'

const source = dirname(fileURLToPath(import.meta.url))
const root = join(source, '..', '..')
const modules = join(root, 'node_modules')
const out = join(root, 'static', 'build')

const text = (...path) => readFile(join(...path), 'utf8')
// The maps are not shipped, so the comments that point at them would be broken links for the hashed storage.
const withoutMap = (code) => code.replace(/\n?\/\/# sourceMappingURL=.*|\/\*# sourceMappingURL=.*?\*\//g, '')

async function styles () {
  const { css } = sass.compile(join(source, 'scss', 'loti.scss'), {
    loadPaths: [modules],
    style: 'compressed',
    sourceMap: false,
    charset: false,
    logger: sass.Logger.silent
  })
  const autocomplete = await text(modules, 'accessible-autocomplete', 'dist', 'accessible-autocomplete.min.css')
  await writeFile(join(out, 'loti.css'), withoutMap(autocomplete).trim() + css)
}

async function scripts () {
  // One file, so that hashed names never need a rewritten import: the library's last statement is its export list.
  const library = withoutMap(await text(modules, 'govuk-frontend', 'dist', 'govuk', 'govuk-frontend.min.js'))
  const exported = /export\s*\{[^}]*\};?\s*$/
  if (!exported.test(library)) throw new Error('govuk-frontend.min.js no longer ends with its export list')
  await writeFile(join(out, 'loti.js'), library.replace(exported, '') + '\n' + await text(source, 'js', 'loti.js'))
  const autocomplete = await text(modules, 'accessible-autocomplete', 'dist', 'accessible-autocomplete.min.js')
  await writeFile(join(out, 'autocomplete.js'), withoutMap(autocomplete))
}

async function fonts () {
  await mkdir(join(out, 'fonts'))
  for (const weight of [400, 600, 700]) {
    const name = `inter-latin-${weight}-normal.woff2`
    await copyFile(join(modules, '@fontsource', 'inter', 'files', name), join(out, 'fonts', name))
  }
  await copyFile(join(modules, '@fontsource', 'inter', 'LICENSE'), join(out, 'fonts', 'OFL.txt'))
}

async function images () {
  await mkdir(join(out, 'images'))
  for (const name of await readdir(join(source, 'images'))) {
    await copyFile(join(source, 'images', name), join(out, 'images', name))
  }
}

async function licences () {
  const shipped = [
    // Its npm package carries no licence text.
    ['govuk-frontend', join(source, 'licences', 'govuk-frontend.txt'), 'loti.css, loti.js'],
    ['accessible-autocomplete', join(modules, 'accessible-autocomplete', 'LICENSE.txt'), 'loti.css, autocomplete.js'],
    ['@fontsource/inter', join(modules, '@fontsource', 'inter', 'LICENSE'), 'fonts/']
  ]
  const parts = []
  for (const [name, file, where] of shipped) {
    const { version, license } = JSON.parse(await text(modules, name, 'package.json'))
    parts.push(`${name} ${version} (${license}), in ${where}\n\n${(await text(file)).trim()}\n`)
  }
  await writeFile(join(out, 'LICENSES'), parts.join(`\n${'-'.repeat(100)}\n\n`))
}

await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })
await Promise.all([styles(), scripts(), fonts(), images(), licences()])
