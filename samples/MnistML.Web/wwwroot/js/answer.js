import { postPicture, post } from './api.js';
import * as pad from './pad.js';
import * as why from './why.js';
import { $, act, clearError, create, decode, drawPixels, percent, pixelCanvas, showError } from './ui.js';

const doubts = {
  TouchesEdge: 'it reaches the edge of the picture',
  SeveralPieces: 'it is in several pieces',
  CutApart: 'it was cut from another that it touched',
  FrameOrGrid: 'a frame or grid may be part of it',
  TooSmall: 'it is very small',
  UnlikeDigits: 'it looks unlike MNIST’s digits',
  UnsureNetwork: 'the network gives no class a high probability',
};

let maxBytes = Infinity;
let request = null;
let answer = null;
let chosen = 0;

/** Asks the service what is in a picture, and shows it; an older question is given up. */
export async function ask(blob, since) {
  request?.abort();
  request = new AbortController();
  const mine = request;
  try {
    const result = await postPicture(blob, mine.signal);
    if (mine === request) {
      clearError();
      answer = result;
      chosen = 0;
      showAll(since);
    }
  } catch (error) {
    if (mine === request && error.name !== 'AbortError') {
      reset();
      $('answer').textContent = error.message;
      if (error.status !== 422 && error.status !== 413) {
        showError(error);
      }
    }
  }
}

/** Asks again, as when another model is in use. */
export async function again() {
  if (!pad.isEmpty() && answer) {
    await ask(lastPicture ?? pad.toPng(), performance.now());
  }
}

let lastPicture = null;

async function strokeEnded(at) {
  lastPicture = null;
  if (pad.isEmpty()) {
    request?.abort();
    request = null;
    reset();
    $('answer').textContent = 'Draw something.';
    return;
  }
  await ask(pad.toPng(), at);
}

/** What the service takes; a larger file need not be sent. */
export function setLimit(uploadBytes) {
  maxBytes = uploadBytes;
}

async function openPicture(blob) {
  if (blob.size > maxBytes) {
    showError(new Error(`The picture has ${blob.size.toLocaleString('en')} bytes, but at most ${maxBytes.toLocaleString('en')} are taken. Choose a smaller one.`));
    return;
  }
  lastPicture = blob;
  await pad.show(blob);
  await ask(blob, performance.now());
}

function reset() {
  answer = null;
  $('digits').hidden = $('doubts').hidden = true;
  $('timing').textContent = $('correct-answer').textContent = '';
  $('boxes').replaceChildren();
  drawPixels($('seen'), new Uint8Array(784));
  showBars(null);
  setLabels([]);
  why.show(null);
}

function showAll(since) {
  const digits = answer.digits;
  $('digits').hidden = digits.length < 2;
  $('digits').replaceChildren(...(digits.length < 2 ? [] : digits.map((digit, index) => {
    const name = answer.classNames[digit.label];
    const button = create(
      'button', { role: 'radio', ariaChecked: String(index === chosen), tabIndex: index === chosen ? 0 : -1,
        ariaLabel: `Digit ${index + 1}: ${name}` },
      pixelCanvas(digit.pixels, ''), name);
    button.addEventListener('click', () => choose(index));
    button.addEventListener('keydown', event => {
      const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (move) {
        event.preventDefault();
        choose((index + move + digits.length) % digits.length);
        $('digits').children[chosen].focus();
      }
    });
    return button;
  })));
  const { milliseconds } = answer;
  showOne();
  const elapsed = performance.now() - since;
  $('timing').textContent = `${elapsed.toFixed(0)} ms from stroke to bars, ${milliseconds.toFixed(0)} ms of them reading and scoring`;
  document.body.dataset.strokeMilliseconds = elapsed.toFixed(1);
  document.body.dataset.answers = String(Number(document.body.dataset.answers ?? 0) + 1);
}

function choose(index) {
  chosen = index;
  for (const [i, button] of [...$('digits').children].entries()) {
    button.setAttribute('aria-checked', String(i === index));
    button.tabIndex = i === index ? 0 : -1;
  }
  showOne();
}

function showOne() {
  const digit = answer.digits[chosen];
  if (!digit) {
    reset();
    $('answer').textContent = 'No ink found. Is the picture blank, or hardly darker or lighter than its background?';
    document.body.dataset.label = '';
    return;
  }
  const names = answer.classNames;
  const top = [...digit.probabilities.keys()].sort((a, b) => digit.probabilities[b] - digit.probabilities[a]).slice(0, 3);
  const isUnsure = digit.doubts.length > 0;
  const words = top.slice(1).map(label => `${names[label]} (${percent(digit.probabilities[label])})`).join(' or ');
  $('answer').replaceChildren(
    isUnsure ? 'I am not sure: perhaps ' : 'That is ', create('strong', {}, names[top[0]]),
    ` (${percent(digit.probabilities[top[0]])}), rather than ${words}.`);
  if (answer.digits.length > 1) {
    const all = answer.digits.map(other => names[other.label]).join(' ');
    $('answer').append(create('br'), `All digits in reading order: ${all}.${answer.digitsLeftOut > 0 ? ` ${answer.digitsLeftOut} more were left out.` : ''}`);
  }
  $('doubts').hidden = !isUnsure;
  $('doubts').textContent = `Doubtful, since ${digit.doubts.map(doubt => doubts[doubt] ?? doubt).join(', and ')}.`;
  document.body.dataset.label = names[digit.label];
  drawPixels($('seen'), decode(digit.pixels));
  pad.showBoxes(answer.digits.length > 1 || lastPicture ? answer.digits : [], answer.width, answer.height, chosen);
  showBars(digit);
  setLabels(names);
  why.show(digit, names);
}

function showBars(digit) {
  const values = digit?.probabilities ?? [];
  const names = answer?.classNames ?? [];
  if ($('bars').children.length !== values.length) {
    $('bars').replaceChildren(...values.map((_, label) => create(
      'li', {}, create('span', {}, names[label]), create('meter', { min: 0, max: 1, ariaLabel: `Probability of ${names[label]}` }), create('span'))));
  }
  for (const [label, value] of values.entries()) {
    const row = $('bars').children[label];
    row.children[1].value = value;
    row.children[2].textContent = percent(value);
    row.classList.toggle('best', label === digit.label);
  }
}

function setLabels(names) {
  $('correct-answer').textContent = '';
  $('correct-question').hidden = names.length === 0;
  if ($('labels').children.length !== names.length) {
    $('labels').replaceChildren(...names.map((name, label) => {
      const button = create('button', { ariaLabel: `That was ${name}: keep this drawing` }, name);
      button.addEventListener('click', () => act(button, () => keep(label)));
      return button;
    }));
  }
}

async function keep(label) {
  const digit = answer.digits[chosen];
  await post('corrections', { pixels: digit.pixels, label, predicted: digit.label });
  $('correct-answer').textContent = `Kept as ${answer.classNames[label]}. See "Correct" for all of them.`;
}

export function start() {
  pad.start(strokeEnded);
  reset();
  $('file').addEventListener('change', () => {
    if ($('file').files[0]) {
      openPicture($('file').files[0]);
      $('file').value = '';
    }
  });
  for (const name of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(name, event => {
      event.preventDefault();
      $('drop').classList.toggle('over', name === 'dragover');
      if (name === 'drop' && event.dataTransfer.files[0]) {
        openPicture(event.dataTransfer.files[0]);
      }
    });
  }
  document.addEventListener('paste', event => {
    const file = [...(event.clipboardData?.files ?? [])][0];
    if (file) {
      event.preventDefault();
      openPicture(file);
    }
  });
}
