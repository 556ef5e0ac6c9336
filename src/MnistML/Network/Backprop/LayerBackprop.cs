using MnistML.Native;
using MnistML.Network.Matrices;
using MnistML.Network.Workers;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// Forward and backward of one layer without autograd: libtorch computes the products, vector loops the rest, in buffers that are allocated
/// once.
/// </summary>
internal sealed partial class LayerBackprop : IDisposable
{
    /// <summary>Values that are updated together: few enough that weights, moments and gradient stay in the first-level cache.</summary>
    private const int ChunkSize = 2048;

    /// <summary>
    /// With fewer outputs a member, one product with zeros between the members is faster than a product for each. A product of one column
    /// of a wider matrix would also be wrong in bfloat16 (see <see cref="WorkRange.OfUnits"/>).
    /// </summary>
    private const int MinOutputsOfGroup = 16;

    private readonly LinearLayer _layer;
    private readonly HiddenActivation? _activation;
    private readonly MixedPrecisionMatrix? _productWeights;
    private readonly FeatureFactors? _factors;
    private readonly bool _isBlockDiagonal;
    private readonly MixedPrecisionMatrix _gradient;
    private readonly TensorMemory _biasGradient;

    /// <summary>The sum of the gradient of the weights over a group; empty where it is not summed.</summary>
    private readonly TensorMemory _summedGradient;
    private readonly TensorMemory _weights;
    private readonly TensorMemory _biases;
    private readonly int _index;
    private readonly int _firstParameter;

    /// <param name="network">The network, on the processor, in float32.</param>
    /// <param name="index">The layer's zero-based index.</param>
    /// <param name="rowCapacity">The number of rows of the largest batch.</param>
    /// <param name="productType">The type of the factors of products.</param>
    /// <param name="factors">The learned factors of the layer's inputs; null for none.</param>
    /// <param name="gradients">Memory for the gradients.</param>
    /// <param name="sharing">How batches are shared with other processes; null where they are not.</param>
    public LayerBackprop(
        MlpNetwork network,
        int index,
        int rowCapacity,
        ScalarType productType,
        FeatureFactors? factors,
        GradientMemory gradients,
        BatchSharing? sharing)
    {
        _layer = network.Layers[index];
        _index = index;
        _weights = new TensorMemory(_layer.Parameter);
        _biases = new TensorMemory(_layer.Biases);
        _factors = factors;
        _isBlockDiagonal = _layer.GroupCount > 1 && _layer.Shape.OutputSize < MinOutputsOfGroup;
        var inputSize = _isBlockDiagonal ? _layer.GroupCount * _layer.Shape.InputSize : _layer.Shape.InputSize;
        var outputSize = _layer.UnitCount;
        var isHidden = index + 1 < network.Layers.Count;
        _activation = isHidden ? HiddenActivation.Of(network.Architecture.Activation) : null;
        const int ParametersOfLayer = 2;
        _firstParameter = index * (network.Normalizations.Count > 0 ? 2 * ParametersOfLayer : ParametersOfLayer);
        if (isHidden && network.Normalizations.Count > 0)
        {
            Normalization = new BatchNormBackprop(
                network.Normalizations[index],
                outputSize,
                new TensorMemory(gradients.Of(_firstParameter + 2)),
                new TensorMemory(gradients.Of(_firstParameter + 3)),
                sharing?.SumStatistics);
        }

        Sparse = index == 0 && network.Settings.HasSparseInputs ? new SparseLayer(_layer) : null;
        if (Sparse is null && (productType != ScalarType.Float32 || _isBlockDiagonal || factors is not null))
        {
            _productWeights = new MixedPrecisionMatrix(outputSize, inputSize, productType);
            using var cleared = _productWeights.Tensor.zero_();
        }

        _summedGradient = gradients.IsSummed ? new TensorMemory(gradients.Of(_firstParameter)) : default;
        HoldsSummedGradient = gradients.IsSummed && productType == ScalarType.Float32 && !_isBlockDiagonal;
        _gradient = HoldsSummedGradient
            ? new MixedPrecisionMatrix(gradients.Of(_firstParameter).view(outputSize, inputSize), inputSize)
            : new MixedPrecisionMatrix(Sparse is null ? outputSize : 0, inputSize, productType);
        _biasGradient = new TensorMemory(gradients.Of(_firstParameter + 1));
        Values = new MixedPrecisionMatrix(rowCapacity, outputSize, productType);
        Outputs = isHidden ? new MixedPrecisionMatrix(rowCapacity, outputSize, productType) : Values;
        Gradients = new MixedPrecisionMatrix(rowCapacity, outputSize, productType);
    }

    /// <summary>The product of sparse inputs, in the first layer; null where libtorch computes the product.</summary>
    public SparseLayer? Sparse { get; }

    /// <summary>Whether the product that is the gradient of the weights is written where it is summed over a group.</summary>
    private bool HoldsSummedGradient { get; }

    /// <summary>Null without batch normalisation.</summary>
    public BatchNormBackprop? Normalization { get; }

    /// <summary>The products that the layer consists of: units that read the same inputs, and these.</summary>
    public IEnumerable<(WorkRange Units, WorkRange Inputs)> Groups => _layer.GroupCount == 1 || _isBlockDiagonal
        ? [(new WorkRange(0, _layer.UnitCount), new WorkRange(0, _gradient.ColumnCount))]
        : Enumerable.Range(0, _layer.GroupCount).Select(group => (
            new WorkRange(group * _layer.Shape.OutputSize, _layer.Shape.OutputSize),
            new WorkRange(group * _layer.Shape.InputSize, _layer.Shape.InputSize)));

    /// <summary>The units of a worker: whole groups where there are several.</summary>
    public WorkRange UnitsOf(int worker, int workerCount)
    {
        if (_layer.GroupCount == 1 || _isBlockDiagonal)
        {
            return WorkRange.OfUnits(_layer.UnitCount, worker, workerCount);
        }

        var groups = WorkRange.Of(_layer.GroupCount, worker, workerCount);
        return new WorkRange(groups.Start * _layer.Shape.OutputSize, groups.Count * _layer.Shape.OutputSize);
    }

    /// <summary>The weights as products take them, <c>[outputs, inputs]</c>.</summary>
    public Tensor ProductWeights => _productWeights?.Tensor ?? _layer.Weights;

    /// <summary>The gradient of <see cref="ProductWeights"/>.</summary>
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
    /// <param name="rows">The worker's rows.</param>
    /// <param name="dropout">Which units are dropped.</param>
    /// <param name="batchIndices">The index of each row in the whole batch, by which units are dropped.</param>
    /// <param name="scratch">The worker's memory.</param>
    public void Activate(WorkRange rows, DropoutMask dropout, int[] batchIndices, WorkerScratch scratch)
    {
        var values = Values.Rows;
        var outputs = Outputs.Rows;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var output = outputs.ForWrite(row, scratch.First);
            _activation!.Activate(ReadActivationInput(values, row, isNormalized: false, scratch), output);
            dropout.Apply(_index, batchIndices[row], output);
            outputs.Write(row, output);
        }
    }

    /// <summary>The number of values that scratch memory must hold.</summary>
    public static int ScratchSize(int widestLayer) => Math.Max(widestLayer, ChunkSize);

    public void Dispose()
    {
        _productWeights?.Dispose();
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
