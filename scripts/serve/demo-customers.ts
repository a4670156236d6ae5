/** Fictional people on numbers kept for fiction: Ofcom's 020 7946 0xxx, North America's 555 01xx. */
export const DEMO_PEOPLE = [
  { username: 'supervisor', name: 'Carol Adeyemi', role: 'supervisor', extension: '100' },
  { username: 'alice', name: 'Alice Moreno', role: 'agent', extension: '101' },
  { username: 'bob', name: 'Bob Okafor', role: 'agent', extension: '102' },
] as const

export const DEMO_SCRIPT = `Good day, this is {agent} from Harbour Telecom. Am I speaking with {name}?

Your plan ends this month. If you renew today, you keep the same price for twelve months and we double your speed at no extra cost.

Shall I set that up for you now?`

const NAMES = [
  'Erin Whitfield',
  'Mariana Solís Vargas',
  'Ahmet Yılmaz',
  'Grace Whitmore',
  'Arjun Mehta',
  'Elif Kaya',
  'Lukas Weber',
  'Amina Diallo',
  'Erik Lindqvist',
  'Youssef Karam',
  'Priya Nair',
  'Tomás Herrera',
  'Aylin Çelik',
  'Nadia Haddad',
  'Jonas Berg',
  'Kofi Mensah',
  'Lucía Romero',
  'Emre Yıldız',
  'Hannah Becker',
  'Mei Tanaka',
  'Omar Saleh',
  'Pedro Alves',
  'Chloé Martin',
  'Dev Kapoor',
  'Ingrid Dahl',
  'Samir Aziz',
  'Layla Mansour',
  'Carlos Vega',
  'Selin Aksoy',
  'Viktor Novák',
  'Ana Jiménez',
  'Fatma Demir',
  'Oliver Grant',
  'Sofía Castro',
  'Noah Clarke',
  'Zeynep Arslan',
  'Isla Murray',
  'Mateo Ruiz',
  'Leila Farouk',
  'George Bennett',
]
const PLANS = ['Fibre 100', 'Fibre 200', 'Mobile 20 GB', 'Business 500']

export function demoRows() {
  return NAMES.map((name, index) => ({
    row: index + 2,
    name,
    phone: index < 30 ? `020 7946 0${String(100 + index * 7)}` : `+1 202 555 01${String(10 + index)}`,
    userCode: `HT-${20_400 + index}`,
    email: `customer${index + 1}@example.com`,
    notes: index % 5 === 0 ? 'Customer for six years.' : undefined,
    tags: index % 4 === 0 ? 'renewal due' : undefined,
    priority: index === 11 ? '5' : undefined,
    custom: { Plan: PLANS[index % PLANS.length]! },
  }))
}
