// frappe-js-sdk as it is published, under Node.js: no cookie jar there, so it goes on by token or by a header. Prints what each call
// answered, as {step: {answer} or {error}}.
//   node frappe-sdk.mjs ADDRESS NEW_EMAIL PASSWORD API_KEY
import sdk from 'frappe-js-sdk';

const [address, email, password, apiKey] = process.argv.slice(2);
const method = (name) => `rockettradeline.api.${name}`;
const steps = {};

async function step(name, call) {
  steps[name] = await call().then((answer) => ({ answer }), (error) => ({ error }));
  return steps[name].answer;
}

const guest = new sdk.FrappeApp(address);
await step('sign up', () => guest.call().post(method('auth.sign_up'), { email, full_name: 'Ada King Lovelace', password, phone: null }));
await step('sign up again', () => guest.call().post(method('auth.sign_up'), { email, full_name: 'Ada Lovelace', password }));
await step('login', () => guest.auth().loginWithUsernamePassword({ username: email, password }));
await step('wrong password', () => guest.auth().loginWithUsernamePassword({ username: email, password: `not ${password}` }));
await step('forgot password', () => guest.auth().forgetPassword(email));
await step('guest', () => guest.auth().getLoggedInUser());
await step('unknown method', () => guest.call().post('rockettradeline.api.auth.nope', {}));

const signedIn = await step('login with customer', () => guest.call().post(method('auth.login'), { usr: email, pwd: password }));
const person = new sdk.FrappeApp(address, { useToken: true, token: () => signedIn.tokens.access, type: 'Bearer' });
await step('by token', () => person.auth().getLoggedInUser());
await step('current user', () => person.call().get(method('auth.get_current_user')));
await step('update profile', () => person.call().post(method('auth.update_profile'), { full_name: 'Augusta Ada King', phone: '+1-555-999-8888' }));
await step('bad phone', () => person.call().post(method('auth.update_profile'), { phone: 'call me' }));
await step('users', () => person.call().get(method('auth.get_users'), { limit_start: 0, limit_page_length: 20, search: 'ada' }));
const made = await step('create address', () => person.call().post(method('address.create'), { type: 'shipping', city: 'London' }));
await step('update address', () => person.call().post(method('address.update'), { name: made.address.name, city: 'Paris' }));
await step('addresses', () => person.call().get(method('address.list')));
await step('delete address', () => person.call().post(method('address.delete'), { name: made.address.name }));

const key = new sdk.FrappeApp(address, { useToken: true, token: () => apiKey, type: 'token' });
await step('by API key', () => key.auth().getLoggedInUser());

const login = await fetch(`${address}/api/method/login`, { method: 'POST', body: new URLSearchParams({ usr: email, pwd: password }) });
const sid = login.headers.getSetCookie().find((cookie) => cookie.startsWith('sid=')).split(';')[0];
const browser = new sdk.FrappeApp(address, undefined, undefined, { Cookie: sid });
await step('by cookie', () => browser.auth().getLoggedInUser());
await step('logout', () => browser.auth().logout());
await step('after logout', () => browser.auth().getLoggedInUser());

console.log(JSON.stringify(steps));
