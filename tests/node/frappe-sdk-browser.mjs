// frappe-js-sdk as it is published, in a page of Patron's own origin in a real browser, which keeps the cookies by itself. Prints what
// each call answered, as {step: {answer} or {error}}, and under 'cookies' what the page's scripts could read of them.
//   node frappe-sdk-browser.mjs ADDRESS EMAIL PASSWORD CHROMIUM
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import puppeteer from 'puppeteer-core';

const [address, email, password, executablePath] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const sdk = require.resolve('frappe-js-sdk');
const axios = join(dirname(require.resolve('axios/package.json')), 'dist', 'browser', 'axios.cjs');

// Every file the SDK asks for, each as the function that a bundler would make of it.
function bundle(file, modules = {}) {
  if (!(file in modules)) {
    const text = readFileSync(file, 'utf8');
    const wanted = file === axios ? [] : [...text.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1]);
    const found = Object.fromEntries(wanted.map((name) => [name, name === 'axios' ? axios : createRequire(file).resolve(name)]));
    modules[file] = { text, found };
    Object.values(found).forEach((other) => bundle(other, modules));
  }
  return modules;
}

function load(file) {
  const modules = Object.entries(bundle(file)).map(([name, { text, found }]) =>
    `${JSON.stringify(name)}: [function (require, module, exports) {${text}\n}, ${JSON.stringify(found)}]`);
  return `(() => {
    const modules = {${modules.join(',\n')}}, loaded = {};
    const load = (file) => {
      if (!(file in loaded)) {
        const module = (loaded[file] = { exports: {} }), [run, found] = modules[file];
        run((name) => load(found[name]), module, module.exports);
      }
      return loaded[file].exports;
    };
    window.sdk = load(${JSON.stringify(file)});
  })();`;
}

const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.setRequestInterception(true);
  page.on('request', (request) => new URL(request.url()).pathname === '/front-end'
    ? request.respond({ contentType: 'text/html', body: '<!doctype html><title>Front end</title>' })
    : request.continue());
  await page.goto(`${address}/front-end`);
  await page.addScriptTag({ content: load(sdk) });
  const steps = await page.evaluate(async (username, password) => {
    const app = new window.sdk.FrappeApp(window.location.origin);
    const method = (name) => `rockettradeline.api.auth.${name}`;
    const steps = {}, cookies = {};
    const step = async (name, call) => {
      steps[name] = await call().then((answer) => ({ answer }), (error) => ({ error }));
      cookies[name] = document.cookie;
    };
    await step('guest', () => app.auth().getLoggedInUser());
    await step('wrong password', () => app.auth().loginWithUsernamePassword({ username, password: `not ${password}` }));
    await step('login', () => app.auth().loginWithUsernamePassword({ username, password }));
    await step('signed in', () => app.auth().getLoggedInUser());
    await step('current user', () => app.call().get(method('get_current_user')));
    await step('update profile', () => app.call().post(method('update_profile'), { full_name: 'Grace Brewster Hopper' }));
    await step('logout', () => app.auth().logout());
    await step('after logout', () => app.auth().getLoggedInUser());
    await step('update as a guest', () => app.call().post(method('update_profile'), { full_name: 'Nobody' }));
    return { ...steps, cookies };
  }, email, password);
  console.log(JSON.stringify(steps));
} finally {
  await browser.close();
}
