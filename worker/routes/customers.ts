import * as z from 'zod'
import { customer, customerPage, customerQuery } from '#shared/protocol/attempts'
import { id } from '#shared/protocol/common'
import { findCustomer, findCustomers } from '../db/customers'
import { waitFor } from '../db/projection'
import { RefusalError } from '../refusals'
import { endpoint, json, router } from './endpoint'

export const customers = router()

endpoint(
  customers,
  'customer.read',
  {
    method: 'get',
    path: '/customers',
    tags: ['customers'],
    summary: 'Customers by part of a name, user code or number',
    request: { query: customerQuery },
    responses: { 200: json(customerPage, 'A page of customers') },
  },
  async (c) => {
    const { after, ...query } = c.req.valid('query')
    await waitFor(c.env.DB, after)
    return c.json(await findCustomers(c.env.DB, query), 200)
  },
)

endpoint(
  customers,
  'customer.read',
  {
    method: 'get',
    path: '/customers/{customerId}',
    tags: ['customers'],
    summary: 'One customer',
    request: { params: z.object({ customerId: id }) },
    responses: { 200: json(customer, 'The customer') },
  },
  async (c) => {
    const found = await findCustomer(c.env.DB, c.req.valid('param').customerId)
    if (!found) throw new RefusalError('not-found')
    return c.json(found, 200)
  },
)
