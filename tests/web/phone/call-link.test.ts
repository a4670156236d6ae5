import { describe, expect, it } from 'vitest'
import { deskUrl, handlerUrl, numberInHash, numberOfLink } from '../../../web/src/lib/phone/call-link'

describe('numbers that were pressed elsewhere', () => {
  it.each([
    ['tel:+90-532-000-00-01', '+905320000001'],
    ['tel:+506 5123 4567', '+50651234567'],
    ['tel:+9053;phone-context=example.com', null],
    ['tel:102;ext=7', '102'],
    ['TEL:%2B905320000001', '+905320000001'],
    ['sip:+905320000001@sbc.example;user=phone', '+905320000001'],
    ['sip:bob@call.example?subject=x', 'bob'],
    ['sips:102@call.example', '102'],
    ['callto://+905320000001', '+905320000001'],
    ['tel:', null],
    ['tel:%E0%A4%A', null],
    ['javascript:alert(1)', null],
  ])('[PHONE-2] %s', (link, number) => {
    expect(numberOfLink(link)).toBe(number)
  })
  it('[PHONE-2] travel in the fragment alone, in both directions', () => {
    const url = new URL(deskUrl('+905320000001'), 'https://call.example')
    expect([url.pathname, url.search]).toEqual(['/desk', ''])
    expect(numberInHash(url.hash)).toBe('+905320000001')
    const handled = handlerUrl('https://call.example').replace('%s', encodeURIComponent('tel:+905320000001'))
    expect(numberInHash(new URL(handled).hash)).toBe('+905320000001')
    expect([numberInHash(''), numberInHash('#other'), numberInHash('#call=%zz')]).toEqual([undefined, undefined, null])
  })
})
