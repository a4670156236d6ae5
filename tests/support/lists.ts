import { utils, write, type BookType } from 'xlsx'

type Row = (string | number | null)[]
/** A list for tests, with what an import of it must say. */
export type TestList = { rows: Row[]; good: number; nameless: number; repeats: number; bad: number }

const FIRST = ['Ayşe', 'Mehmet', 'Zeynep', 'Emre', 'Elif', 'Burak', 'Şule', 'Çağla', 'Ömer', 'İpek', 'Işıl', 'Gökhan']
const LAST = ['Yılmaz', 'Demir', 'Şahin', 'Çelik', 'Öztürk', 'Kılıç', 'Aydın', 'Doğan', 'Güneş', 'Işık']
const BAD = ['abc', '123', '0532', '5,32E+09', '+90 532', '---', '0', '99999999999999999999', 'telefonu yok', '+']
const PREFIXES = [530, 531, 532, 533, 534, 535, 536, 537, 538, 539]

/** Subscriber numbers that begin with 000 are given to nobody. Written as people write them, one way after the other. */
function phone(index: number): string | number {
  const prefix = PREFIXES[index % PREFIXES.length]!
  const tail = String(Math.floor(index / PREFIXES.length)).padStart(4, '0')
  const digits = `${prefix}000${tail}`
  const spaced = `${prefix} 000 ${tail.slice(0, 2)} ${tail.slice(2)}`
  return [`0${spaced}`, `+90 ${spaced}`, Number(digits), `0090${digits}`, `(0${prefix}) 000 ${tail}`][index % 5]!
}

/** Turkish headers; of 5,000 rows 4,925 are good, 10 more good without a name, 40 repeat an earlier number, 25 have no phone. */
export function turkishList({ good = 4_925, nameless = 10, repeats = 40, bad = 25 } = {}): TestList {
  const rows: Row[] = [['Ad', 'Soyad', 'Kullanıcı Kodu', 'Telefon Numarası', 'Notlar', 'Şehir']]
  const total = good + nameless + repeats + bad
  const every = (count: number) => (count === 0 ? Number.POSITIVE_INFINITY : Math.floor(total / count))
  let [badLeft, repeatsLeft, namelessLeft, number] = [bad, repeats, nameless, 0]
  for (let line = 1; line <= total; line += 1) {
    const code = `USR${String(line).padStart(5, '0')}`
    const first = FIRST[line % FIRST.length]!
    const last = LAST[line % LAST.length]!
    const left = total - line + 1
    if (badLeft > 0 && (line % every(bad) === 3 || left <= badLeft)) {
      rows.push([first, last, code, BAD[(badLeft -= 1) % BAD.length]!, null, 'İzmir'])
    } else if (repeatsLeft > 0 && line > 20 && (line % every(repeats) === 7 || left <= badLeft + repeatsLeft)) {
      rows.push([first, last, null, phone((repeatsLeft -= 1) % 10), null, 'Bursa'])
    } else if (namelessLeft > 0 && (line % every(nameless) === 11 || left <= badLeft + repeatsLeft + namelessLeft)) {
      namelessLeft -= 1
      rows.push([null, null, code, phone((number += 1) - 1), null, null])
    } else {
      rows.push([first, last, code, phone((number += 1) - 1), line % 50 === 0 ? 'Akşam arayın' : null, 'Ankara'])
    }
  }
  return { rows, good, nameless, repeats, bad }
}

/** Rows as a file of that kind. */
export function fileOf(rows: Row[], bookType: BookType = 'xlsx'): Uint8Array<ArrayBuffer> {
  const book = utils.book_new()
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), 'Liste')
  return new Uint8Array(write(book, { type: 'array', bookType, compression: true }) as ArrayBuffer)
}
