import { letterOf } from '../domain/import/columns'
import { zip } from './zip-writer'

/** A cell to write. Text is always text to the reader, never a formula, whatever it begins with (IMP-7). */
export type OutCell = string | number | null | { localSerial: number } | { durationMs: number }
export type OutSheet = {
  name: string
  header: string[]
  rows: AsyncIterable<OutCell[]> | Iterable<OutCell[]>
  rightToLeft?: boolean
  widths?: number[]
}

const STYLE = { plain: 0, header: 1, moment: 2, duration: 3 }
/** ECMA-376: a cell holds at most 32,767 characters. */
const CELL_MAX = 32_767
const MS_A_DAY = 86_400_000
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

/**
 * One sheet as an .xlsx (ECMA-376 part 1), made row by row: neither the rows nor the file are ever whole in memory.
 * Works in a Worker and in a browser.
 */
export function xlsxStream(sheet: OutSheet): ReadableStream<Uint8Array> {
  const parts = zip([
    { name: '[Content_Types].xml', parts: [CONTENT_TYPES] },
    { name: '_rels/.rels', parts: [relations([['officeDocument', 'xl/workbook.xml']])] },
    { name: 'xl/workbook.xml', parts: [workbook(sheet.name)] },
    {
      name: 'xl/_rels/workbook.xml.rels',
      parts: [
        relations([
          ['worksheet', 'worksheets/sheet1.xml'],
          ['styles', 'styles.xml'],
        ]),
      ],
    },
    { name: 'xl/styles.xml', parts: [STYLES] },
    { name: 'xl/worksheets/sheet1.xml', parts: sheetXml(sheet) },
  ])
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
}

async function* sheetXml({ header, rows, rightToLeft, widths }: OutSheet): AsyncGenerator<string> {
  const columns = (widths ?? header.map(() => 18)).map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  )
  yield (
    `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"${rightToLeft ? ' rightToLeft="1"' : ''}>` +
    `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
    `<cols>${columns.join('')}</cols><sheetData>${rowXml(1, header, STYLE.header)}`
  )
  let number = 1
  let buffer = ''
  for await (const row of rows) {
    buffer += rowXml((number += 1), row, STYLE.plain)
    if (buffer.length < 65_536) continue
    yield buffer
    buffer = ''
  }
  yield `${buffer}</sheetData></worksheet>`
}

const rowXml = (number: number, cells: OutCell[], style: number) =>
  `<row r="${number}">${cells.map((cell, index) => cellXml(`${letterOf(index)}${number}`, cell, style)).join('')}</row>`

function cellXml(at: string, cell: OutCell, style: number): string {
  if (cell === null || cell === '') return ''
  if (typeof cell === 'string')
    return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escape(cell.slice(0, CELL_MAX))}</t></is></c>`
  if (typeof cell === 'number') return Number.isFinite(cell) ? `<c r="${at}" s="${style}"><v>${cell}</v></c>` : ''
  if ('localSerial' in cell) return `<c r="${at}" s="${STYLE.moment}"><v>${cell.localSerial}</v></c>`
  return `<c r="${at}" s="${STYLE.duration}"><v>${cell.durationMs / MS_A_DAY}</v></c>`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string) =>
  text
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign]!)
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '',
    )

function workbook(name: string): string {
  const safe =
    name
      .replace(/[[\]:*?/\\]/g, ' ')
      .slice(0, 31)
      .trim() || 'Sheet1'
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${escape(safe)}" sheetId="1" r:id="rId1"/></sheets></workbook>`
}

const relations = (targets: [string, string][]) =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${targets
    .map(
      ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
    )
    .join('')}</Relationships>`

const OVERRIDE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const CONTENT_TYPES =
  `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
  `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${OVERRIDE}.sheet.main+xml"/>` +
  `<Override PartName="/xl/styles.xml" ContentType="${OVERRIDE}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${OVERRIDE}.worksheet+xml"/></Types>`

/** In the order of STYLE: plain text, bold header, a moment (yyyy-mm-dd hh:mm:ss), a duration ([h]:mm:ss). */
const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>` +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
  '<cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="46" applyNumberFormat="1"/></cellXfs></styleSheet>'
