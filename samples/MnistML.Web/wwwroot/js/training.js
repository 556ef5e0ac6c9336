import { get, post } from './api.js';
import { Chart } from './charts.js';
import { $, act, create, duration, number, percent, showError, whole } from './ui.js';
import { open } from './tabs.js';

let details = null;
let lossChart = null;
let accuracyChart = null;
let spokenEpoch = 0;

const isUnderWay = status => status && ['Preparing', 'Training', 'Evaluating'].includes(status.state);

/** Takes the status of a training from an event, or null for none. */
export async function update(status, isMajor) {
  showBanner(status);
  const isKnown = details?.status.id === status?.id && details.status.epochsDone === status.epochsDone;
  if (!status) {
    return;
  }
  if (isMajor || !isKnown) {
    await load();
  } else {
    details.status = status;
    if (status.trainLoss !== null && status.batchCount > 0) {
      details.points.push({ epoch: status.epoch - 1 + status.batch / status.batchCount, loss: status.trainLoss });
    }
    showCurves();
  }
}

async function load() {
  try {
    details = await get('training');
    showBanner(details.status);
    showCurves();
  } catch (error) {
    if (error.status !== 404) {
      showError(error);
    }
  }
}

function showBanner(status) {
  const underWay = isUnderWay(status);
  document.body.dataset.training = status?.state ?? '';
  $('job').hidden = !underWay && !(status && status.state === 'Failed');
  $('train-form').querySelector('[type=submit]').disabled = underWay;
  $('train-hint').textContent = underWay ? 'A training is under way.' : '';
  if (!status) {
    return;
  }
  const what = { First: 'Training the first model', Train: `Training "${status.name}"`, Learn: 'Learning from your digits' }[status.kind];
  $('job-title').textContent = status.state === 'Failed' ? `${what} failed` : status.state === 'Evaluating' ? `${what}: trying it on the test images` : what;
  $('job-stop').disabled = $('job-discard').disabled = !underWay || status.isStopping || status.state === 'Evaluating';
  $('job-stop').hidden = $('job-discard').hidden = !underWay;
  const done = status.batchCount > 0 ? (status.epoch - 1 + status.batch / status.batchCount) / Math.max(status.epochCount, 1) : 0;
  $('job-bar').hidden = !underWay;
  if (status.state === 'Preparing') {
    $('job-bar').removeAttribute('value');
  } else {
    $('job-bar').value = status.state === 'Training' ? Math.min(done, 1) : 1;
  }
  $('job-figures').textContent = status.state === 'Failed' ? status.message
    : status.isStopping ? 'Stopping…'
      : status.state === 'Preparing' ? 'Reading or drawing the images…'
        : `Epoch ${status.epoch} of ${status.epochCount}, batch ${status.batch} of ${status.batchCount}, loss ${number(status.trainLoss, 4)}, `
          + `${whole(status.rowsPerSecond)} images a second, ${status.secondsLeft === null ? '–' : duration(status.secondsLeft)} left`;
  if (status.epochsDone !== spokenEpoch) {
    spokenEpoch = status.epochsDone; // a screen reader hears each epoch, not each batch
    $('job-live').textContent = underWay ? `Epoch ${status.epochsDone} of ${status.epochCount} done, loss ${number(status.trainLoss, 3)}` : '';
  }
}

function showCurves() {
  const { epochs, points, status } = details;
  const last = epochs.at(-1);
  $('live-hint').textContent = `${status.name}: ${{ Preparing: 'preparing', Training: 'in training', Evaluating: 'being tried', Done: 'done', Discarded: 'not kept', Failed: 'failed' }[status.state]}${status.message ? `. ${status.message}` : '.'}`;
  const byPosition = new Map();
  points.forEach(point => byPosition.set(point.epoch, { batch: point.loss }));
  epochs.forEach(epoch => byPosition.set(epoch.epoch, { ...byPosition.get(epoch.epoch), train: epoch.trainLoss, validation: epoch.validationLoss }));
  const x = [...byPosition.keys()].sort((a, b) => a - b);
  const column = name => x.map(position => byPosition.get(position)[name] ?? null);
  lossChart.set(x, [
    { label: 'loss so far in the epoch', values: column('batch') },
    { label: 'training loss', values: column('train'), points: true },
    { label: 'validation loss', values: column('validation'), points: true },
  ], last ? `Loss by epoch: ${number(last.trainLoss, 4)} in training after epoch ${last.epoch}` : 'Loss by epoch: none yet');
  accuracyChart.set(epochs.map(epoch => epoch.epoch), [
    { label: 'training accuracy', values: epochs.map(epoch => epoch.trainAccuracy), points: true },
    { label: 'validation accuracy', values: epochs.map(epoch => epoch.validationAccuracy), points: true },
  ], last ? `Accuracy by epoch: ${percent(last.validationAccuracy ?? last.trainAccuracy, 2)} after epoch ${last.epoch}` : 'Accuracy by epoch: none yet');
  $('live-table').replaceChildren(
    create('thead', {}, create('tr', {}, ...['epoch', 'training loss', 'training accuracy', 'validation loss', 'validation accuracy', 'images a second', 'seconds'].map(
      text => create('th', { scope: 'col' }, text)))),
    create('tbody', {}, ...epochs.slice(-12).map(epoch => create('tr', {}, ...[
      epoch.epoch, number(epoch.trainLoss, 4), percent(epoch.trainAccuracy, 2), number(epoch.validationLoss, 4), percent(epoch.validationAccuracy, 2),
      whole(epoch.rowsPerSecond), number(epoch.seconds, 2)].map(text => create('td', {}, String(text)))))));
}

/** What the form asks for; what is left empty is the recipe's. */
function readForm(form) {
  const fields = new FormData(form);
  const text = name => (fields.get(name) ?? '').trim();
  const value = name => (text(name) === '' ? null : Number(text(name)));
  return {
    recipe: text('recipe'),
    name: text('name') || null,
    epochs: value('epochs'),
    hidden: text('hidden') === '' ? null : text('hidden').split(',').map(Number),
    learningRate: value('learningRate'),
    batchSize: value('batchSize'),
    dropout: value('dropout'),
    rows: value('rows'),
    seed: value('seed'),
    distort: fields.get('distort') ? true : null,
    fromCurrent: fields.has('fromCurrent'),
    withCorrections: fields.has('withCorrections'),
  };
}

export function start() {
  lossChart = new Chart($('live-loss'), value => value.toPrecision(3));
  accuracyChart = new Chart($('live-accuracy'), value => percent(value));
  $('train-form').addEventListener('submit', event => {
    event.preventDefault();
    act(event.submitter ?? $('job-stop'), async () => {
      await post('training', readForm($('train-form')));
      open('train');
    });
  });
  $('job-stop').addEventListener('click', () => act($('job-stop'), () => post('training/stop?keep=true')));
  $('job-discard').addEventListener('click', () => act($('job-discard'), () => post('training/stop?keep=false')));
  load();
}
