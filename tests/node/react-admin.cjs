// react-admin's data provider for Django REST framework as it is published. Prints what each call answered, as {step: {answer} or {error}}.
//   node react-admin.cjs ADDRESS ACCESS_TOKEN
const { fetchUtils } = require('ra-core');
const { default: dataProvider } = require('ra-data-django-rest-framework');

const [address, token] = process.argv.slice(2);
const provider = dataProvider(`${address}/api`, (url, options = {}) =>
  fetchUtils.fetchJson(url, { ...options, user: { authenticated: true, token: `Bearer ${token}` } }));
const steps = {};

async function step(name, call) {
  steps[name] = await call().then((answer) => ({ answer }), ({ status, message, body }) => ({ error: { status, message, body } }));
  return steps[name].answer;
}

const list = (filter, field, order, page, perPage) =>
  provider.getList('customers', { filter, sort: { field, order }, pagination: { page, perPage } });

async function main() {
  const made = [];
  for (const name of ['Anna Admin', 'Berta Admin', 'Carla Admin', 'Dora Other']) {
    made.push((await step(`create ${name}`, () => provider.create('customers', { data: { name, customer_type: 'individual', phone: null } }))).data);
  }

  await step('first page', () => list({}, 'id', 'ASC', 1, 2));
  await step('second page, downwards', () => list({ q: 'admin', status: 'active', customer_type: 'individual' }, 'name', 'DESC', 2, 2));
  await step('unknown order', () => list({}, 'nothing', 'ASC', 1, 10));
  await step('one', () => provider.getOne('customers', { id: made[0].id }));
  await step('many', () => provider.getMany('customers', { ids: [made[1].id, made[2].id] }));
  await step('of the organization', () => provider.getManyReference('customers', {
    target: 'organization', id: made[0].organization, filter: {}, sort: { field: 'id', order: 'DESC' }, pagination: { page: 1, perPage: 100 },
  }));
  // A form sends back the whole record with what was changed in it.
  await step('update', () => provider.update('customers', { id: made[0].id, data: { ...made[0], name: 'Anna Changed', city: 'Oslo' }, previousData: made[0] }));
  await step('update many', () => provider.updateMany('customers', { ids: [made[1].id, made[2].id], data: { status: 'prospect' } }));
  await step('invalid', () => provider.update('customers', { id: made[0].id, data: { email: 'nobody' }, previousData: made[0] }));
  await step('delete', () => provider.delete('customers', { id: made[3].id, previousData: made[3] }));
  await step('delete many', () => provider.deleteMany('customers', { ids: [made[1].id, made[2].id] }));
  await step('missing', () => provider.getOne('customers', { id: 999999999 }));
  await step('left', () => list({}, 'id', 'ASC', 1, 100));
  for (const resource of ['organizations', 'vendors', 'profiles']) {
    await step(resource, () => provider.getList(resource, { filter: {}, sort: { field: 'id', order: 'ASC' }, pagination: { page: 1, perPage: 10 } }));
  }

  console.log(JSON.stringify(steps));
}

main();
