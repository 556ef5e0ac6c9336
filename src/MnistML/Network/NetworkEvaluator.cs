using MnistML.Native;
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

    /// <param name="network">The network, on any device.</param>
    /// <param name="member">The one member that is evaluated; null for all.</param>
    public NetworkEvaluator(MlpNetwork network, int? member = null)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _network = network;
        var members = member is { } one ? new Range(one, one + 1) : new Range(0, network.Architecture.MemberCount);
        _memberCount = members.End.Value - members.Start.Value;
        var widest = Math.Max(network.InputCount, network.Layers.Max(layer => _memberCount * layer.Shape.OutputSize));
        RowCapacity = Math.Max(ValuesInMatrix / widest, MinRows);
        _inputs = empty([RowCapacity, network.InputCount], ScalarType.Float32, CPU).DetachFromDisposeScope();
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
    /// <param name="copyFeatures">Copies the features of a row.</param>
    public Tensor Compute(int rowCount, CopyFeaturesAction copyFeatures)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var inputs = new TensorMemory(_inputs).Singles;
        for (var row = 0; row < rowCount; row++)
        {
            var inputsOfRow = inputs.Slice(row * _network.InputCount, _network.InputCount);
            if (_network.Settings.Encoder is { } encoder)
            {
                copyFeatures(row, _features);
                encoder.Encode(_features, inputsOfRow, _scratch);
            }
            else
            {
                copyFeatures(row, inputsOfRow);
            }
        }

        var values = _inputs.narrow(0, 0, rowCount).to(_network.Settings.Type).to(_network.Settings.Device);
        if (_factors is not null)
        {
            values.mul_(_factors);
        }

        for (var i = 0; i < _layers.Length; i++)
        {
            values = _layers[i].Forward(values, rowCount);
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

    /// <summary>Copies the features of a row, by its index in the batch.</summary>
    public delegate void CopyFeaturesAction(int row, Span<float> features);

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

        public Tensor Forward(Tensor inputs, int rowCount)
        {
            var values = _values.narrow(0, 0, rowCount);
            var (inputSize, outputSize) = (inputs.shape[1] / _groupCount, _weights.shape[0] / _groupCount);
            for (var group = 0; group < _groupCount; group++)
            {
                var ofGroup = inputs.narrow(1, group * inputSize, inputSize);
                var weights = _weights.narrow(0, group * outputSize, outputSize);
                values.narrow(1, group * outputSize, outputSize).addmm_(ofGroup, weights.t(), beta: 0, alpha: 1);
            }

            if (_gains is not null)
            {
                values.mul_(_gains);
            }

            return values.add_(_shifts);
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
