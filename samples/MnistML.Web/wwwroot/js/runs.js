import { get, post, remove } from './api.js';
import { Chart } from './charts.js';
import { $, act, create, duration, number, percent, pixelCanvas, showError } from './ui.js';

let runs = [];
let compareChart = null;
const ticked = new Set();
const seen = new Set();
let shown = null;

export const current = () => runs.find(run => run.isCurrent);
export const all = () => runs;

export async function load() {
  runs = await get('runs');
  for (const run of runs.slice(0, 4)) {
    if (!seen.has(run.id)) {
      ticked.add(run.id); // the newest are compared, until the user says otherwise
    }
  }
  runs.forEach(run => seen.add(run.id));
  showTable();
  showComparison();
  if (!shown || !runs.some(run => run.id === shown) || current()?.id !== shown) {
    await showConfusion((current() ?? runs[0])?.id);
  }
}

function showTable() {
  const head = ['run', 'recipe', 'network', 'test accuracy', 'epochs', 'images', 'time', 'model'];
  $('runs').replaceChildren(
    create('thead', {}, create('tr', {}, ...head.map(text => create('th', { scope: 'col' }, text)))),
    create('tbody', {}, ...runs.map(run => {
      const tick = create('input', { type: 'checkbox', checked: ticked.has(run.id), ariaLabel: `Compare ${run.name}` });
      tick.addEventListener('change', () => {
        ticked[tick.checked ? 'add' : 'delete'](run.id);
        showComparison();
      });
      const use = create('button', { className: 'small', disabled: run.isCurrent, ariaLabel: run.isCurrent ? `${run.name} is in use` : `Use ${run.name}` }, run.isCurrent ? 'in use' : 'use');
      use.addEventListener('click', () => act(use, () => post(`runs/${run.id}/use`)));
      const matrix = create('button', { className: 'small', ariaLabel: `mistakes of ${run.name}` }, 'mistakes');
      matrix.addEventListener('click', () => act(matrix, async () => {
        await showConfusion(run.id);
        $('confusion-card').scrollIntoView({ block: 'start' });
      }));
      const drop = create('button', { className: 'small quiet', disabled: run.isCurrent, ariaLabel: `Delete ${run.name}` }, 'delete');
      drop.addEventListener('click', () => act(drop, () => remove(`runs/${run.id}`)));
      return create('tr', { className: run.isCurrent ? 'mine' : '' },
        create('td', {}, create('label', {}, tick, ` ${run.name}${run.wasStopped ? ' (stopped)' : ''}`)),
        create('td', {}, run.kind === 'Learn' ? 'further' : run.request.recipe), create('td', {}, run.network),
        create('td', {}, percent(run.testAccuracy, 2)), create('td', {}, String(run.epochs.length)), create('td', {}, run.trainRows.toLocaleString('en')),
        create('td', {}, duration(run.seconds)), create('td', {}, create('span', { className: 'row' }, use, matrix, drop,
          create('a', { href: `api/runs/${run.id}/model`, ariaLabel: `zip: the model of ${run.name}` }, 'zip'))));
    })));
}

function showComparison() {
  const by = $('compare-by').value;
  const chosen = runs.filter(run => ticked.has(run.id) && run.epochs.some(epoch => epoch[by] !== null)).reverse();
  const length = Math.max(0, ...chosen.map(run => run.epochs.length));
  const names = chosen.map(run => (runs.filter(other => other.name === run.name).length > 1 ? `${run.name}, ${new Date(run.startedAt).toLocaleTimeString('en')}` : run.name));
  const x = Array.from({ length }, (_, index) => index + 1);
  compareChart.set(x, chosen.map((run, index) => ({
    label: names[index], values: x.map(epoch => run.epochs[epoch - 1]?.[by] ?? null), points: true,
  })), `${chosen.length} runs compared by ${$('compare-by').selectedOptions[0].textContent}`);
}

async function showConfusion(id) {
  shown = id ?? null;
  $('confusion-card').hidden = !id;
  $('mistakes').replaceChildren();
  $('mistakes-title').hidden = true;
  if (!id) {
    return;
  }
  const run = await get(`runs/${id}`);
  const names = run.classNames;
  $('confusion-title').textContent = `Confusion matrix of ${run.summary.name}, ${run.testCount.toLocaleString('en')} test images`;
  $('confusion').replaceChildren(
    create('thead', {}, create('tr', {}, create('th', { scope: 'col' }, 'is \\ said'), ...names.map(name => create('th', { scope: 'col' }, name)))),
    create('tbody', {}, ...run.confusion.map((row, label) => create('tr', {}, create('th', { scope: 'row' }, names[label]), ...row.map((count, predicted) => {
      if (label === predicted || count === 0) {
        return create('td', { className: count === 0 ? 'zero' : 'right' }, String(count));
      }
      const button = create('button', { ariaLabel: `${count} images of ${names[label]} taken for ${names[predicted]}: show them` }, String(count));
      button.addEventListener('click', () => act(button, () => showMistakes(run, label, predicted)));
      const cell = create('td', {}, button);
      cell.style.backgroundColor = `rgba(var(--against), ${Math.min(0.15 + count / 20, 0.6)})`;
      return cell;
    })))));
}

async function showMistakes(run, label, predicted) {
  const [name, said] = [run.classNames[label], run.classNames[predicted]];
  const mistakes = await get(`runs/${run.summary.id}/mistakes?label=${label}&predicted=${predicted}`);
  $('mistakes-title').hidden = false;
  $('mistakes-title').textContent = `${name} taken for ${said}, the surest first`;
  $('mistakes').replaceChildren(...mistakes.map(mistake => create(
    'figure', {}, pixelCanvas(mistake.pixels, `A ${name} taken for ${said}`), create('figcaption', {}, `${said}: ${percent(mistake.probability)}`))));
  $('mistakes-title').focus();
}

export function start() {
  compareChart = new Chart($('compare'), value => ($('compare-by').value.endsWith('Accuracy') ? percent(value, 1) : number(value, 3)));
  $('compare-by').addEventListener('change', showComparison);
  load().catch(showError);
}
