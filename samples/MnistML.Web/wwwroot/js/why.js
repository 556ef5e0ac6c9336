import { post } from './api.js';
import { $, create, cssColor, decode, number, showError } from './ui.js';

let digit = null;
let names = [];
let asked = 0;

/** Says which digit is to be explained; null for none. */
export function show(next, classNames = []) {
  digit = next;
  names = classNames;
  if ($('why').open) {
    explain(true);
  }
}

function fill(select, chosen) {
  select.replaceChildren(...names.map((name, index) => create('option', { value: String(index), selected: index === chosen }, name)));
}

async function explain(isNew) {
  if (!digit) {
    $('why-body').replaceChildren(create('p', { className: 'hint' }, 'Draw a digit first.'));
    return;
  }
  if (isNew) {
    fill($('why-label'), digit.label);
    const others = [...digit.probabilities.keys()].filter(label => label !== digit.label);
    fill($('why-against'), others.reduce((best, label) => (digit.probabilities[label] > digit.probabilities[best] ? label : best)));
  }
  const [label, against] = [Number($('why-label').value), Number($('why-against').value)];
  const ticket = ++asked;
  try {
    const result = await post('explain', { pixels: digit.pixels, label, against });
    if (ticket === asked) {
      $('why-body').replaceChildren(...steps(result), evidence(result));
    }
  } catch (error) {
    $('why-body').replaceChildren(create('p', {}, error.message));
    if (error.status === 0) {
      showError(error);
    }
  }
}

function steps(result) {
  const head = create('tr', {}, ...['class', 'logit z', 'z − largest', 'e to that', 'probability'].map(text => create('th', { scope: 'col' }, text)));
  const rows = result.logits.map((logit, i) => create(
    'tr', { className: i === result.label ? 'mine' : '' },
    create('td', {}, result.classNames[i]), create('td', {}, number(logit, 4)), create('td', {}, number(logit - result.largest, 4)),
    create('td', {}, result.powers[i].toPrecision(4)), create('td', {}, number(result.probabilities[i], 6))));
  const name = result.classNames[result.label];
  const logits = result.networks === 1
    ? "The last layer's outputs, the logits."
    : `The model is ${result.networks} networks. The logarithms of the mean of their probabilities take the place of logits.`;
  return [
    create('p', {}, `1. ${logits} The largest is ${number(result.largest, 4)}; it is subtracted from all, so that no power overflows.`),
    create('div', { className: 'scroll', tabIndex: 0, role: 'region', ariaLabel: 'Logits and softmax' }, create('table', {}, create('thead', {}, head), create('tbody', {}, ...rows))),
    create('p', {}, `2. Softmax: each power over their sum, ${result.powerSum.toPrecision(6)}. For ${name}: ${result.powers[result.label].toPrecision(4)} / ${result.powerSum.toPrecision(6)} = ${number(result.probabilities[result.label], 6)}.`),
    create('p', {}, `3. Cross-entropy for the label ${name}: −ln ${number(result.probabilities[result.label], 6)} = ln ${result.powerSum.toPrecision(6)} − (${number(result.logits[result.label] - result.largest, 4)}) = ${number(result.loss, 6)} nats.`),
  ];
}

function evidence(result) {
  const canvas = create('canvas', { className: 'pixels', width: 28, height: 28, role: 'img', ariaLabel: `Pixels for ${result.classNames[result.label]} and against it` });
  const context = canvas.getContext('2d');
  const image = context.createImageData(28, 28);
  const ink = decode(digit.pixels);
  const strongest = Math.max(...result.evidence.map(Math.abs), 1e-12);
  const [pro, con] = ['--for', '--against'].map(name => cssColor(name).split(',').map(Number));
  let [sumFor, sumAgainst] = [0, 0];
  for (const [i, value] of result.evidence.entries()) {
    const [color, share] = [value > 0 ? pro : con, Math.sqrt(Math.abs(value) / strongest)];
    const grey = 30 + ink[i] * 0.18; // the digit itself, faintly
    image.data.set([0, 1, 2].map(c => grey + share * (color[c] - grey)).concat(255), 4 * i);
    [sumFor, sumAgainst] = [sumFor + Math.max(value, 0), sumAgainst + Math.min(value, 0)];
  }
  context.putImageData(image, 0, 0);
  const [name, other] = [result.classNames[result.label], result.classNames[result.against]];
  const difference = result.logits[result.label] - result.logits[result.against];
  return create('div', { className: 'evidence' }, canvas, create('div', {},
    create('p', {}, `4. Which pixels spoke for ${name} (blue) and which for ${other} instead (red): each pixel's value times the gradient of the difference of the two logits.`),
    create('p', {}, `For: +${number(sumFor, 2)}. Against: ${number(sumAgainst, 2)}. Biases and the rest: ${number(result.rest, 2)}. Together ${number(difference, 2)}, the logit of ${name} less that of ${other}.`)));
}

export function start() {
  $('why').addEventListener('toggle', () => $('why').open && explain(true));
  for (const id of ['why-label', 'why-against']) {
    $(id).addEventListener('change', () => explain(false));
  }
}
