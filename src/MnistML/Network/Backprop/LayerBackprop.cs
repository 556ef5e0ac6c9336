using MnistML.Native;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// One layer's part in learning from a batch, by hand-written derivatives: libtorch computes the products, plain loops the rest, in the memory that
/// the pass owns. Nothing is allocated from batch to batch.
/// </summary>
internal sealed class LayerBackprop : IDisposable
{
    /// <summary>Values that go through an update together: few enough that weights, moments and gradient stay in the processor's first cache.</summary>
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
    /// <param name="index">The layer's zero-based place.</param>
    /// <param name="rowCapacity">Rows of the largest batch.</param>
    /// <param name="productType">What products are computed with.</param>
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
        Derivatives = new MixedPrecisionMatrix(rowCapacity, outputSize, productType);
    }

    /// <summary>Null without batch normalisation.</summary>
    public BatchNormBackprop? Normalization { get; }

    public int UnitCount => _layer.Shape.OutputSize;

    /// <summary>The weights as products take them, <c>[outputs, inputs]</c>.</summary>
    public Tensor ProductWeights => _roundedWeights?.Tensor ?? _layer.Weights;

    /// <summary>The gradient of the weights, <c>[outputs, inputs]</c>.</summary>
    public Tensor WeightGradient => _gradient.Tensor;

    /// <summary>
    /// Inputs times weights and, after <see cref="AddBiases"/>, with biases; normalised after <see cref="Activate"/> where there is batch normalisation.
    /// </summary>
    public MixedPrecisionMatrix Values { get; }

    /// <summary>What the next layer takes; the logits are <see cref="Values"/> themselves.</summary>
    public MixedPrecisionMatrix Outputs { get; }

    /// <summary>The loss's derivatives by <see cref="Outputs"/>, then by the layer's products.</summary>
    public MixedPrecisionMatrix Derivatives { get; }

    /// <summary>Takes all weights over, where products take rounded ones.</summary>
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
            var opened = values.Read(row, scratch);
            SpanMath.Apply(opened, biases, opened, default(Add));
            values.Write(row, opened);
        }
    }

    /// <summary>Normalisation, activation and dropout of a hidden layer.</summary>
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

    /// <summary>Makes the derivatives by the outputs those by the values that went into dropout, activation and the scale of normalisation.</summary>
    public void Backward(WorkRange rows, DropoutMask dropout, WorkerScratch scratch)
    {
        var values = Values.Rows;
        var derivatives = Derivatives.Rows;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var derivative = derivatives.Read(row, scratch.First);
            dropout.Apply(_index, row, derivative);
            _activation!.Backward(ReadActivationInput(values, row, isNormalized: true, scratch), derivative);
            derivatives.Write(row, derivative);
        }
    }

    /// <summary>Takes the derivatives further back, through normalisation.</summary>
    public void BackwardThroughBatchNorm(WorkRange rows, WorkerScratch scratch)
    {
        var values = Values.Rows;
        var derivatives = Derivatives.Rows;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var derivative = derivatives.Read(row, scratch.First);
            Normalization!.Backward(values.Read(row, scratch.Second), derivative);
            derivatives.Write(row, derivative);
        }
    }

    /// <summary>The gradient of a worker's biases: the sum of the derivatives over the rows.</summary>
    public void SumBiasGradient(WorkRange units, int rowCount, WorkerScratch scratch)
    {
        var derivatives = Derivatives.Rows;
        var sums = _biasGradient.AsSpan(units.Start, units.Count);
        sums.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            SpanMath.Apply(sums, derivatives.Read(row, units.Start, units.Count, scratch.First), sums, default(Add));
        }
    }

    /// <summary>Gives the gradient of all that belongs to a worker's units, piece by piece, and takes changed weights over.</summary>
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

    /// <summary>Values that a row's scratch memory must hold.</summary>
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

        Derivatives.Dispose();
    }

    /// <summary>What went, or is to go, into the activation.</summary>
    private ReadOnlySpan<float> ReadActivationInput(MixedPrecisionRows values, int row, bool isNormalized, WorkerScratch scratch)
    {
        var opened = values.Read(row, scratch.Second);
        if (Normalization is null)
        {
            return opened;
        }

        if (!isNormalized)
        {
            Normalization.Normalize(opened);
            values.Write(row, opened);
        }

        var scaled = scratch.Third[..opened.Length];
        Normalization.Scale(opened, scaled);
        return scaled;
    }
}
