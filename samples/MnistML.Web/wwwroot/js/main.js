import { get } from './api.js';
import * as answer from './answer.js';
import * as charts from './charts.js';
import * as corrections from './corrections.js';
import * as runs from './runs.js';
import * as service from './service.js';
import * as tabs from './tabs.js';
import * as training from './training.js';
import * as why from './why.js';
import { $, percent, showError } from './ui.js';

/** Shows what the service is like now. Each event that may have changed it calls this. */
async function refresh() {
  const status = await get('status');
  const { model } = status;
  document.body.dataset.model = model?.runId ?? (model ? 'file' : '');
  $('model-line').textContent = model
    ? `${model.name}: a network of ${model.network}${model.testAccuracy === null ? '' : `, ${percent(model.testAccuracy, 2)} right on the test images of ${model.dataset}`}`
    : 'There is no model yet. The first one is in training; then you can draw.';
  $('train-data').textContent = status.isDrawn
    ? 'MNIST is not at hand, so networks are trained on digits that MnistML draws. They know little of handwriting: start the service with --data DIR for MNIST.'
    : `Images: ${status.dataset}, ${status.datasetOrigin}.`;
  const notes = [
    status.interrupted,
    status.isDrawn ? 'MNIST is not at hand, so the network learns from digits that MnistML draws, and may misread handwriting. Start the service with --data DIR, the folder of MNIST’s files.' : null,
  ].filter(note => note);
  $('banner').hidden = notes.length === 0;
  $('banner').textContent = notes.join(' ');
  service.show(status);
  answer.setLimit(status.limits.uploadBytes);
  await corrections.load(model?.classNames ?? []);
  return status;
}

async function modelsChanged() {
  await refresh();
  await runs.load();
  corrections.showLearning();
  await answer.again();
}

function listen() {
  const events = new EventSource('api/events');
  const on = (name, action) => events.addEventListener(name, event => Promise.resolve(action(JSON.parse(event.data))).catch(showError));
  on('hello', async () => {
    const status = await refresh(); // also after the connection was lost
    await training.update(status.training, true);
    await modelsChanged();
    document.body.dataset.ready = 'yes';
  });
  on('training', status => training.update(status, true));
  on('progress', status => training.update(status, false));
  on('models', modelsChanged);
  on('corrections', refresh);
  events.onerror = () => {
    document.body.dataset.ready = '';
    $('model-line').textContent = 'The service does not answer. Waiting for it…';
  };
}

tabs.onOpen('train', charts.redrawAll);
tabs.onOpen('correct', corrections.showLearning);
tabs.onOpen('service', service.open);
answer.start();
why.start();
training.start();
runs.start();
corrections.start();
tabs.start();
listen();
