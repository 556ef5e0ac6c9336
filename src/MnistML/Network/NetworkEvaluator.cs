using MnistML.Common;
using MnistML.Native;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>
/// Computes a network's outputs as in scoring, batch after batch, in matrices that are allocated once. If each step allocated one, the C
/// library would keep much of the memory that they gave back. The network must not change meanwhile. It owns its tensors.
/// </summary>
internal sealed class NetworkEvaluator : IDisposable
{
    /// <summary>Values of the widest matrix: enough for libtorch to be fast, few enough not to matter in memory.</summary>
    private const int ValuesInMatrix = 1 << 18;

    /// <summary>With fewer rows, reading the weights of a wide layer would take longer than computing with them.</summary>
    private const int MinRows = 64;

    private readonly MlpNetwork _network;
    private readonly int _memberCount;
    private readonly Tensor _inputs;
    private readonly Tensor? _factors;
    private readonly EvaluatedLayer[] _layers;
    private readonly float[] _features;
    private readonly float[] _scratch;
    private readonly SparseRows _entries = new();

    /// <param name="network">The network, on any device.</param>
    /// <param name="member">The one member that is evaluated; null for all.</param>
    public NetworkEvaluator(MlpNetwork network, int? member = null)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _network = network;
        var members = member is { } one ? new Range(one, one + 1) : new Range(0, network.Architecture.MemberCount);
        _memberCount = members.End.Value - members.Start.Value;
        var isSparse = network.Settings.HasSparseInputs;
        var widest = Math.Max(isSparse ? 1 : network.InputCount, network.Layers.Max(layer => _memberCount * layer.Shape.OutputSize));
        RowCapacity = Math.Max(ValuesInMatrix / widest, MinRows);
        _inputs = empty([isSparse ? 0 : RowCapacity, network.InputCount], ScalarType.Float32, CPU).DetachFromDisposeScope();
        _factors = network.FactorsOfInputs?.DetachFromDisposeScope();
        _layers =
        [
            .. network.Layers.Select((layer, i) =>
                new EvaluatedLayer(layer, i < network.Normalizations.Count ? network.Normalizations[i] : null, members, RowCapacity)),
        ];
        _features = new float[network.Architecture.InputSize];
        _scratch = new float[network.Settings.Encoder?.ScratchSize ?? 0];
    }

    /// <summary>The number of rows of the largest batch.</summary>
    public int RowCapacity { get; }

    /// <summary>
    /// The members' outputs, <c>[rows, members, outputs]</c>, on the network's device; in regression they are standardised. Valid
    /// until the next call; the caller's dispose scope owns the view.
    /// </summary>
    /// <param name="rowCount">The number of rows, at most <see cref="RowCapacity"/>.</param>
    /// <param name="rows">Holds the rows.</param>
    /// <param name="indices">The index of each row there; null for the first ones.</param>
    public Tensor Compute(int rowCount, IFeatureRows rows, int[]? indices = null)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var values = _network.Settings.HasSparseInputs
            ? MultiplyEntries(rowCount, rows, indices)
            : _layers[0].Multiply(LoadInputs(rowCount, rows, indices), rowCount);
        for (var i = 0; i < _layers.Length; i++)
        {
            values = _layers[i].Shift(i == 0 ? values : _layers[i].Multiply(values, rowCount));
            if (i + 1 < _layers.Length)
            {
                values = _network.Activate(values, inPlace: true);
            }
        }

        return values.view(rowCount, _memberCount, _network.Architecture.OutputSize).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _inputs.Dispose();
        _factors?.Dispose();
        Array.ForEach(_layers, layer => layer.Dispose());
    }

    private Tensor LoadInputs(int rowCount, IFeatureRows rows, int[]? indices)
    {
        var inputs = new TensorMemory(_inputs).Singles;
        for (var row = 0; row < rowCount; row++)
        {
            var inputsOfRow = inputs.Slice(row * _network.InputCount, _network.InputCount);
            if (_network.Settings.Encoder is { } encoder)
            {
                rows.CopyFeatures(indices?[row] ?? row, _features);
                encoder.Encode(_features, inputsOfRow, _scratch);
            }
            else
            {
                rows.CopyFeatures(indices?[row] ?? row, inputsOfRow);
            }
        }

        var values = _inputs.narrow(0, 0, rowCount).to(_network.Settings.Type).to(_network.Settings.Device);
        return _factors is null ? values : values.mul_(_factors);
    }

    /// <summary>The product of the first layer and sparse rows.</summary>
    private Tensor MultiplyEntries(int rowCount, IFeatureRows rows, int[]? indices)
    {
        var layer = _network.Layers[0];
        var weights = new TensorMemory(layer.Parameter).Singles;
        var products = _layers[0].Products(rowCount);
        var to = new TensorMemory(products).Singles;
        var unitCount = (int)products.shape[1];
        for (var row = 0; row < rowCount; row++)
        {
            _entries.Clear();
            rows.AppendEntries(indices?[row] ?? row, _entries);
            _network.Settings.Encoder?.ScaleEntries(_entries.Slots, _entries.Values);
            var sums = to.Slice(row * unitCount, unitCount);
            sums.Clear();
            SparseProduct.Add(_entries.Slots, _entries.Values, weights, layer.UnitCount, _layers[0].FirstUnit, sums);
        }

        return products;
    }

    /// <summary>A layer of some members, with the batch normalisation after it as one factor and one shift a unit.</summary>
    private sealed class EvaluatedLayer : IDisposable
    {
        private readonly int _groupCount;
        private readonly Tensor _weights;
        private readonly Tensor _values;
        private readonly Tensor? _gains;
        private readonly Tensor _shifts;

        public EvaluatedLayer(LinearLayer layer, BatchNormalization? normalization, Range members, int rowCapacity)
        {
            var (firstUnit, unitCount) =
                (members.Start.Value * layer.Shape.OutputSize, (members.End.Value - members.Start.Value) * layer.Shape.OutputSize);
            FirstUnit = firstUnit;
            _groupCount = layer.GroupCount == 1 ? 1 : members.End.Value - members.Start.Value;
            _weights = OfMembers(layer.Weights).DetachFromDisposeScope();
            _values = empty([rowCapacity, unitCount], _weights.dtype, _weights.device).DetachFromDisposeScope();
            var biases = OfMembers(layer.Biases);
            if (normalization is null)
            {
                _shifts = biases.clone().DetachFromDisposeScope();
                return;
            }

            var deviations = (OfMembers(normalization.RunningVariance) + BatchNormalization.Epsilon).sqrt();
            _gains = (OfMembers(normalization.Scale) / deviations).DetachFromDisposeScope();
            _shifts = (((biases - OfMembers(normalization.RunningMean)) * _gains) + OfMembers(normalization.Shift))
                .DetachFromDisposeScope();

            Tensor OfMembers(Tensor values) => values.narrow(0, firstUnit, unitCount);
        }

        /// <summary>The first of the members' units in the layer.</summary>
        public int FirstUnit { get; }

        /// <summary>The memory of the products, <c>[rows, units]</c>.</summary>
        public Tensor Products(int rowCount) => _values.narrow(0, 0, rowCount);

        /// <summary>Multiplies inputs by the weights.</summary>
        public Tensor Multiply(Tensor inputs, int rowCount)
        {
            var products = Products(rowCount);
            var (inputSize, outputSize) = (inputs.shape[1] / _groupCount, _weights.shape[0] / _groupCount);
            for (var group = 0; group < _groupCount; group++)
            {
                var ofGroup = inputs.narrow(1, group * inputSize, inputSize);
                var weights = _weights.narrow(0, group * outputSize, outputSize);
                products.narrow(1, group * outputSize, outputSize).addmm_(ofGroup, weights.t(), beta: 0, alpha: 1);
            }

            return products;
        }

        /// <summary>Normalises products and adds the biases, in place.</summary>
        public Tensor Shift(Tensor products)
        {
            if (_gains is not null)
            {
                products.mul_(_gains);
            }

            return products.add_(_shifts);
        }

        public void Dispose()
        {
            _weights.Dispose();
            _values.Dispose();
            _gains?.Dispose();
            _shifts.Dispose();
        }
    }
}
