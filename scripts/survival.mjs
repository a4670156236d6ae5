/** `npm run test:survival [-- cuts]`: calls with sound, cut again and again. The last line is JSON. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const folder = mkdtempSync(path.join(tmpdir(), 'survival-'))
const figures = path.join(folder, 'figures.json')
const run = spawnSync('npx', ['playwright', 'test', '--project=survival'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    SURVIVAL_CUTS: process.argv[2] ?? process.env.SURVIVAL_CUTS ?? '200',
    SURVIVAL_FIGURES: figures,
  },
})
try {
  console.log(readFileSync(figures, 'utf8'))
} catch {
  // it ended before there was anything to count
}
rmSync(folder, { recursive: true, force: true })
process.exit(run.status ?? 1)
