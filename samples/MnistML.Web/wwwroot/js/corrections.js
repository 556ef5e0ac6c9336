import { get, post, remove } from './api.js';
import * as runs from './runs.js';
import { $, act, create, percent, pixelCanvas, showError } from './ui.js';

let classNames = [];

export async function load(names) {
  classNames = names ?? classNames;
  const corrections = await get('corrections');
  $('correction-count').hidden = corrections.length === 0;
  $('correction-count').textContent = String(corrections.length);
  $('correct-links').hidden = corrections.length === 0;
  $('sheet-empty').hidden = corrections.length > 0;
  $('learn').disabled = corrections.length === 0;
  $('sheet').replaceChildren(...corrections.map(correction => {
    const [name, said] = [classNames[correction.label] ?? correction.label, classNames[correction.predicted]];
    const drop = create('button', { className: 'small quiet', ariaLabel: `Delete this ${name}` }, 'delete');
    drop.addEventListener('click', () => act(drop, () => remove(`corrections/${correction.id}`)));
    return create('figure', {}, pixelCanvas(correction.pixels, `A drawing kept as ${name}`),
      create('figcaption', {}, create('strong', {}, String(name)), said === undefined || said === name ? null : create('span', { className: 'hint' }, ` said ${said}`)), drop);
  }));
}

/** What the last learning was worth, if the model in use came of one. */
export function showLearning() {
  const run = runs.current();
  const learning = run?.learning;
  $('undo-learn').hidden = !(learning && runs.all().some(other => other.id === run.parentId));
  $('learned').replaceChildren();
  if (learning) {
    const row = (what, before, after) => create('tr', {}, create('th', { scope: 'row', className: 'text' }, what), create('td', {}, before), create('td', {}, after));
    const change = learning.testAfter - learning.testBefore;
    $('learned').append(
      create('h3', {}, 'What it was worth'),
      create('table', {}, create('thead', {}, create('tr', {}, ...['right answers', 'before', 'after'].map(text => create('th', { scope: 'col' }, text)))),
        create('tbody', {},
          row(learning.correctionCount === 1 ? 'your digit' : `your ${learning.correctionCount} digits`, percent(learning.correctionsBefore, 0), percent(learning.correctionsAfter, 0)),
          row(`test images of ${run.dataset}`, percent(learning.testBefore, 2), percent(learning.testAfter, 2)))),
      create('p', {}, Math.abs(change) < 0.00005 ? 'It is as good on the test images as before.'
        : change > 0 ? `It is ${percent(change, 2)} better on the test images too.`
          : `It is ${percent(-change, 2)} worse on the test images. You can have the model from before back.`));
  }
}

export function start() {
  $('learn').addEventListener('click', () => act($('learn'), () => post('corrections/learn')));
  $('undo-learn').addEventListener('click', () => act($('undo-learn'), () => post(`runs/${runs.current().parentId}/use`)));
  load().catch(showError);
}
