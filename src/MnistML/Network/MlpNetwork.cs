using System.Runtime.InteropServices;
using MnistML.Native;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>
/// A multi-layer perceptron in libtorch. Its gradients come from libtorch's autograd on any device, or from <c>ParallelBackprop</c> on the
/// processor. It owns its tensors; call it within a dispose scope that frees the intermediate ones.
/// </summary>
internal sealed partial class MlpNetwork : IDisposable
{
    /// <summary>How far a factor moves for each unit of its parameter, so that it learns so many times as fast as a weight.</summary>
    private const double FactorStep = 6;

    private readonly Tensor? _featureOfInput;

    /// <summary>Creates a network whose weights and biases are not initialised.</summary>
    public MlpNetwork(MlpArchitecture architecture, NetworkSettings? settings = null)
    {
        Architecture = architecture;
        Settings = settings ?? new NetworkSettings();
        InputCount = Settings.Encoder?.InputCount ?? architecture.InputSize;
        Layers = [.. architecture.Layers.Select((shape, i) => i == 0
            ? new LinearLayer(shape with { InputSize = InputCount }, architecture.MemberCount, hasSharedInputs: true, Settings)
            : new LinearLayer(shape, architecture.MemberCount, hasSharedInputs: false, Settings))];
        Normalizations = Settings.BatchNormalization
            ? [.. architecture.HiddenLayers.Select(units => new BatchNormalization(architecture.MemberCount * units, Settings))]
            : [];
        if (Settings.HasFeatureFactors)
        {
            FactorOffsets = zeros(architecture.InputSize, Settings.Type, Settings.Device, requires_grad: true).DetachFromDisposeScope();
            _featureOfInput = tensor(FeatureOfInput, ScalarType.Int64, Settings.Device).DetachFromDisposeScope();
        }

        Parameters = [.. State.Select(value => Stored(value.Tensor)).Where(tensor => tensor.requires_grad)];
    }

    public MlpArchitecture Architecture { get; }

    public NetworkSettings Settings { get; }

    /// <summary>Inputs of the first layer.</summary>
    public int InputCount { get; }

    /// <summary>The layers, the output layer last.</summary>
    public IReadOnlyList<LinearLayer> Layers { get; }

    /// <summary>The batch normalisation of each hidden layer; empty if there is none.</summary>
    public IReadOnlyList<BatchNormalization> Normalizations { get; }

    /// <summary>
    /// The parameter t of each feature's learned factor, <c>1 + 6·t</c>; null if there are none. Weight decay pulls the factors towards 1.
    /// </summary>
    public Tensor? FactorOffsets { get; }

    /// <summary>The feature that each input of the first layer is made of.</summary>
    public int[] FeatureOfInput => Settings.Encoder?.FeatureOfInput ?? [.. Enumerable.Range(0, InputCount)];

    /// <summary>All trainable parameters, layer by layer, the factors of features last.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>What the finished model's outputs are divided by, above 0; 1 for none.</summary>
    public double Temperature { get; set; } = 1;

    /// <summary>All that training changes, by name: the parameters, and the running averages of batch normalisation.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State
    {
        get
        {
            for (var i = 0; i < Layers.Count; i++)
            {
                yield return ($"layers.{i}.weight", Layers[i].Weights);
                yield return ($"layers.{i}.bias", Layers[i].Biases);
                if (i < Normalizations.Count)
                {
                    yield return ($"layers.{i}.norm.weight", Normalizations[i].Scale);
                    yield return ($"layers.{i}.norm.bias", Normalizations[i].Shift);
                    yield return ($"layers.{i}.norm.running_mean", Normalizations[i].RunningMean);
                    yield return ($"layers.{i}.norm.running_var", Normalizations[i].RunningVariance);
                }
            }

            if (FactorOffsets is { } offsets)
            {
                yield return ("features.factor_offsets", offsets);
            }
        }
    }

    /// <summary>The learned factor that a parameter gives.</summary>
    public static double FactorOf(double offset) => 1 + (FactorStep * offset);

    /// <summary>The gradient of a factor's parameter from that of the factor.</summary>
    public static double OffsetGradientOf(double factorGradient) => FactorStep * factorGradient;

    /// <summary>Whether all values of <see cref="State"/> are finite.</summary>
    public bool HasFiniteState
    {
        get
        {
            using var scope = NewDisposeScope();
            return State.All(value => IsFinite(Stored(value.Tensor)));
        }
    }

    /// <summary>The outputs of a training batch, with batch normalisation over the batch and with dropout.</summary>
    /// <param name="inputs">The features after encoding and noise, <c>[rows, inputs]</c>.</param>
    /// <param name="dropout">Which units are dropped.</param>
    public Tensor ForwardTraining(Tensor inputs, DropoutMask dropout)
    {
        var values = Linear(0, FactorsOfInputs is { } factors ? inputs * factors : inputs);
        for (var i = 1; i < Layers.Count; i++)
        {
            if (Settings.BatchNormalization)
            {
                values = Normalizations[i - 1].ForwardTraining(values);
            }

            values = Linear(i, Drop(i - 1, Activate(values), dropout));
        }

        return values;

        Tensor Linear(int index, Tensor input) => Layers[index].ForwardTraining(input, Settings.ProductType);
    }

    /// <summary>The learned factor of each input; null if there are none. The caller's scope owns it.</summary>
    public Tensor? FactorsOfInputs => FactorOffsets?.mul(FactorStep).add(1).index_select(0, _featureOfInput!);

    /// <summary>The activation of hidden layers.</summary>
    /// <param name="values">Its inputs.</param>
    /// <param name="inPlace">Whether it overwrites them.</param>
    public Tensor Activate(Tensor values, bool inPlace = false) => Architecture.Activation switch
    {
        MlpActivation.Relu => nn.functional.relu(values, inPlace),
        MlpActivation.LeakyRelu => nn.functional.leaky_relu(values, MlpArchitecture.LeakyReluSlope, inPlace),
        MlpActivation.Gelu => nn.functional.gelu(values, inPlace),
        MlpActivation.Silu => nn.functional.silu(values, inPlace),
        MlpActivation.Tanh => nn.functional.tanh(values, inPlace),
        MlpActivation.Sigmoid => nn.functional.sigmoid(values, inPlace),
        _ => throw new InvalidOperationException($"There is no activation {Architecture.Activation}."),
    };

    /// <summary>The gradients of a loss, one for each of <see cref="Parameters"/>.</summary>
    public IReadOnlyList<Tensor> Gradients(Tensor loss) => [.. autograd.grad([loss], [.. Parameters])];

    /// <summary>A copy of <see cref="State"/>.</summary>
    public Dictionary<string, float[]> CopyState() =>
        State.ToDictionary(value => value.Name, value => TensorValues.ToSingles(value.Tensor));

    /// <summary>Restores a copy of <see cref="State"/>.</summary>
    /// <exception cref="InvalidDataException">The copy does not fit this network.</exception>
    public void RestoreState(IReadOnlyDictionary<string, float[]> state)
    {
        foreach (var (name, tensor) in State)
        {
            TensorValues.Set(tensor, state, name);
        }
    }

    public void Dispose()
    {
        foreach (var part in Layers.Concat<IDisposable>(Normalizations))
        {
            part.Dispose();
        }

        FactorOffsets?.Dispose();
        _featureOfInput?.Dispose();
    }

    /// <summary>On the processor without another tensor: a value times 0 is 0, unless it is not finite.</summary>
    private static bool IsFinite(Tensor values) => values.device.type == TorchSharp.DeviceType.CPU && values.dtype == ScalarType.Float32
        ? SpanMath.Sum(new TensorMemory(values).Singles, new Scale(0)) == 0
        : values.detach().isfinite().all().item<bool>();

    /// <summary>The tensor that training changes where this one is a view of the first layer's weights.</summary>
    private Tensor Stored(Tensor tensor) => ReferenceEquals(tensor, Layers[0].Weights) ? Layers[0].Parameter : tensor;

    private Tensor Encode(Tensor features) =>
        (Settings.Encoder?.Encode(features) ?? features).to(Settings.Type).to(Settings.Device);

    /// <summary>Multiplies by the same mask that <c>ParallelBackprop</c> applies row by row.</summary>
    private Tensor Drop(int layer, Tensor values, DropoutMask dropout)
    {
        if (dropout.Rate == 0)
        {
            return values;
        }

        var factors = new float[values.shape[0], values.shape[1]];
        for (var row = 0; row < factors.GetLength(0); row++)
        {
            var factorsOfRow = MemoryMarshal.CreateSpan(ref factors[row, 0], factors.GetLength(1));
            factorsOfRow.Fill(1);
            dropout.Apply(layer, row, factorsOfRow);
        }

        return values * tensor(factors, Settings.Type, Settings.Device);
    }
}
