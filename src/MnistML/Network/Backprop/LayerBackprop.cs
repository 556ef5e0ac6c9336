using MnistML.Native;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// Forward and backward of one layer without autograd: libtorch computes the products, vector loops the rest, in buffers that are allocated
/// once.
/// </summary>
internal sealed class LayerBackprop : IDisposable
{
    /// <summary>Values that are updated together: few enough that weights, moments and gradient stay in the first-level cache.</summary>
    private const int ChunkSize = 2048;

    private readonly LinearLayer _layer;
    private readonly HiddenActivation? _activation;
    private readonly MixedPrecisionMatrix? _roundedWeights;
    private readonly MixedPrecisionMatrix _gradient;
    private readonly float[] _biasGradient;
    private readonly TensorMemory _weights;
    private readonly TensorMemory _biases;
    private readonly int _index;
    private readonly int _firstParameter;

    /// <param name="network">The network, on the processor, in float32.</param>
    /// <param name="index">The layer's zero-based index.</param>
    /// <param name="rowCapacity">The number of rows of the largest batch.</param>
    /// <param name="productType">The type of the factors of products.</param>
    public LayerBackprop(MlpNetwork network, int index, int rowCapacity, ScalarType productType)
    {
        _layer = network.Layers[index];
        _index = index;
        _weights = new TensorMemory(_layer.Weights);
        _biases = new TensorMemory(_layer.Biases);
        var (inputSize, outputSize) = (_layer.Shape.InputSize, _layer.Shape.OutputSize);
        var isHidden = index + 1 < network.Layers.Count;
        _activation = isHidden ? HiddenActivation.Of(network.Architecture.Activation) : null;
        if (isHidden && network.Normalizations.Count > 0)
        {
            Normalization = new BatchNormBackprop(network.Normalizations[index], outputSize);
        }

        const int ParametersOfLayer = 2;
        _firstParameter = index * (network.Normalizations.Count > 0 ? 2 * ParametersOfLayer : ParametersOfLayer);
        _roundedWeights = productType == ScalarType.Float32 ? null : new MixedPrecisionMatrix(outputSize, inputSize, productType);
        _gradient = new MixedPrecisionMatrix(outputSize, inputSize, productType);
        _biasGradient = new float[outputSize];
        Values = new MixedPrecisionMatrix(rowCapacity, outputSize, productType);
        Outputs = isHidden ? new MixedPrecisionMatrix(rowCapacity, outputSize, productType) : Values;
        Gradients = new MixedPrecisionMatrix(rowCapacity, outputSize, productType);
    }

    /// <summary>Null without batch normalisation.</summary>
    public BatchNormBackprop? Normalization { get; }

    public int UnitCount => _layer.Shape.OutputSize;

    /// <summary>The weights in the type of products, <c>[outputs, inputs]</c>.</summary>
    public Tensor ProductWeights => _roundedWeights?.Tensor ?? _layer.Weights;

    /// <summary>The gradient of the weights, <c>[outputs, inputs]</c>.</summary>
    public Tensor WeightGradient => _gradient.Tensor;

    /// <summary>
    /// Inputs times weights; <see cref="AddBiases"/> adds the biases, and <see cref="Activate"/> normalises them if there is batch
    /// normalisation.
    /// </summary>
    public MixedPrecisionMatrix Values { get; }

    /// <summary>The inputs of the next layer; in the output layer <see cref="Values"/> themselves, the logits.</summary>
    public MixedPrecisionMatrix Outputs { get; }

    /// <summary>
    /// The gradient with respect to <see cref="Outputs"/>; backward turns it into that with respect to the layer's products.
    /// </summary>
    public MixedPrecisionMatrix Gradients { get; }

    /// <summary>Rounds all weights for the products, unless products take float32.</summary>
    public void RoundWeights()
    {
        if (_roundedWeights is not null)
        {
            _roundedWeights.Rows.Write(row: 0, start: 0, _weights.Singles);
        }
    }

    public void AddBiases(WorkRange rows, Span<float> scratch)
    {
        var values = Values.Rows;
        var biases = _biases.Singles;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var read = values.Read(row, scratch);
            SpanMath.Apply(read, biases, read, default(Add));
            values.Write(row, read);
        }
    }

    /// <summary>Applies normalisation, activation and dropout of a hidden layer.</summary>
    public void Activate(WorkRange rows, DropoutMask dropout, WorkerScratch scratch)
    {
        var values = Values.Rows;
        var outputs = Outputs.Rows;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var output = outputs.ForWrite(row, scratch.First);
            _activation!.Activate(ReadActivationInput(values, row, isNormalized: false, scratch), output);
            dropout.Apply(_index, row, output);
            outputs.Write(row, output);
        }
    }

    /// <summary>
    /// Turns dL/dOutput into the gradient with respect to the normalised values, back through dropout and activation, in place.
    /// </summary>
    public void Backward(WorkRange rows, DropoutMask dropout, WorkerScratch scratch)
    {
        var values = Values.Rows;
        var gradients = Gradients.Rows;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var gradient = gradients.Read(row, scratch.First);
            dropout.Apply(_index, row, gradient);
            _activation!.Backward(ReadActivationInput(values, row, isNormalized: true, scratch), gradient);
            gradients.Write(row, gradient);
        }
    }

    /// <summary>Turns the gradient with respect to normalised values into that with respect to the products, in place.</summary>
    public void BackwardThroughBatchNorm(WorkRange rows, WorkerScratch scratch)
    {
        var values = Values.Rows;
        var gradients = Gradients.Rows;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var gradient = gradients.Read(row, scratch.First);
            Normalization!.Backward(values.Read(row, scratch.Second), gradient);
            gradients.Write(row, gradient);
        }
    }

    /// <summary>Computes the gradient of a worker's biases: the sum over the rows.</summary>
    public void SumBiasGradient(WorkRange units, int rowCount, WorkerScratch scratch)
    {
        var gradients = Gradients.Rows;
        var sums = _biasGradient.AsSpan(units.Start, units.Count);
        sums.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            SpanMath.Apply(sums, gradients.Read(row, units.Start, units.Count, scratch.First), sums, default(Add));
        }
    }

    /// <summary>
    /// Passes the gradient of a worker's units to a handler, chunk by chunk, and rounds the weights that the handler has updated.
    /// </summary>
    public void ForEachGradientChunk(WorkRange units, GradientChunkHandler handle, WorkerScratch scratch)
    {
        var inputSize = _layer.Shape.InputSize;
        var gradient = _gradient.Rows;
        var end = units.End * inputSize;
        for (var start = units.Start * inputSize; start < end; start += ChunkSize)
        {
            var count = Math.Min(ChunkSize, end - start);
            handle(_firstParameter, start, gradient.Read(row: 0, start, count, scratch.First));
            _roundedWeights?.Rows.Write(row: 0, start, _weights.Singles.Slice(start, count));
        }

        handle(_firstParameter + 1, units.Start, _biasGradient.AsSpan(units.Start, units.Count));
        if (Normalization is not null)
        {
            handle(_firstParameter + 2, units.Start, Normalization.ScaleGradient.AsSpan(units.Start, units.Count));
            handle(_firstParameter + 3, units.Start, Normalization.ShiftGradient.AsSpan(units.Start, units.Count));
        }
    }

    /// <summary>The number of values that scratch memory must hold.</summary>
    public static int ScratchSize(int widestLayer) => Math.Max(widestLayer, ChunkSize);

    public void Dispose()
    {
        _roundedWeights?.Dispose();
        _gradient.Dispose();
        Values.Dispose();
        if (Outputs != Values)
        {
            Outputs.Dispose();
        }

        Gradients.Dispose();
    }

    /// <summary>The input of the activation, recomputed where there is batch normalisation.</summary>
    private ReadOnlySpan<float> ReadActivationInput(MixedPrecisionRows values, int row, bool isNormalized, WorkerScratch scratch)
    {
        var read = values.Read(row, scratch.Second);
        if (Normalization is null)
        {
            return read;
        }

        if (!isNormalized)
        {
            Normalization.Normalize(read);
            values.Write(row, read);
        }

        var scaled = scratch.Third[..read.Length];
        Normalization.Scale(read, scaled);
        return scaled;
    }
}
