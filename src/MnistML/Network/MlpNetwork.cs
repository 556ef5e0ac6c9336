using System.Runtime.InteropServices;
using MnistML.Native;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>
/// A multi-layer perceptron in libtorch. Its gradients come from libtorch's autograd on any device, or from <c>ParallelBackprop</c> on the
/// processor. It owns its tensors; call it within a dispose scope that frees the intermediate ones.
/// </summary>
internal sealed class MlpNetwork : IDisposable
{
    private readonly Tensor? _featureMeans;
    private readonly Tensor? _featureDeviations;

    /// <summary>Creates a network whose weights and biases are not initialised.</summary>
    public MlpNetwork(MlpArchitecture architecture, NetworkSettings? settings = null)
    {
        Architecture = architecture;
        Settings = settings ?? new NetworkSettings();
        Layers = [.. architecture.Layers.Select(shape => new LinearLayer(shape, Settings))];
        Normalizations = Settings.BatchNormalization
            ? [.. architecture.HiddenLayers.Select(units => new BatchNormalization(units, Settings))]
            : [];
        if (Settings.FeatureScale is { } scale)
        {
            _featureMeans = ToTensor(scale.Means);
            _featureDeviations = ToTensor(scale.Deviations);
        }

        Parameters = [.. State.Where(value => value.Tensor.requires_grad).Select(value => value.Tensor)];
    }

    public MlpArchitecture Architecture { get; }

    public NetworkSettings Settings { get; }

    /// <summary>The layers, the output layer last.</summary>
    public IReadOnlyList<LinearLayer> Layers { get; }

    /// <summary>The batch normalisation of each hidden layer; empty if there is none.</summary>
    public IReadOnlyList<BatchNormalization> Normalizations { get; }

    /// <summary>All trainable parameters, layer by layer.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

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
        }
    }

    /// <summary>Whether all values of <see cref="State"/> are finite.</summary>
    public bool HasFiniteState
    {
        get
        {
            using var scope = NewDisposeScope();
            return State.All(value => value.Tensor.detach().isfinite().all().item<bool>());
        }
    }

    /// <summary>
    /// The outputs, <c>[rows, outputs]</c>, for features, <c>[rows, features]</c>, as in scoring. In regression they are standardised.
    /// </summary>
    public Tensor Forward(Tensor features) => Forward(ScaleFeatures(features), DropoutMask.None, isTraining: false);

    /// <summary>The outputs of a training batch, with batch normalisation over the batch and with dropout.</summary>
    /// <param name="inputs">The features after scaling and noise, <c>[rows, features]</c>.</param>
    /// <param name="dropout">Which units are dropped.</param>
    public Tensor ForwardTraining(Tensor inputs, DropoutMask dropout) => Forward(inputs, dropout, isTraining: true);

    /// <summary>The gradients of a loss, one for each of <see cref="Parameters"/>.</summary>
    public IReadOnlyList<Tensor> Gradients(Tensor loss) => [.. autograd.grad([loss], [.. Parameters])];

    /// <summary>
    /// The trained network as plain values: batch normalisation and the scaling of features and labels are folded into the layers, and
    /// dropout is left out.
    /// </summary>
    public MlpModelParameters ToModelParameters() => new(
        Architecture,
        [
            .. Layers.Select((layer, i) => LayerFolding.Fold(
                layer,
                i == 0 ? Settings.FeatureScale : null,
                i < Normalizations.Count ? Normalizations[i] : null,
                i + 1 == Layers.Count ? Settings.Loss.TargetScale : null)),
        ]);

    /// <summary>Initialises this network so that it computes what the model computes.</summary>
    /// <param name="model">A model of the same architecture.</param>
    /// <param name="features">
    /// Rows, <c>[rows, features]</c>, from which batch normalisation is initialised so that at first it changes nothing.
    /// </param>
    public void TakeOver(MlpModelParameters model, Tensor features)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var values = ScaleFeatures(features);
        for (var i = 0; i < Layers.Count; i++)
        {
            var (weights, biases) = LayerFolding.Unfold(
                model.Layers[i], i == 0 ? Settings.FeatureScale : null, i + 1 == Layers.Count ? Settings.Loss.TargetScale : null);
            TensorValues.Set(Layers[i].Weights, weights);
            TensorValues.Set(Layers[i].Biases, biases);
            values = Layers[i].Forward(values);
            if (i < Normalizations.Count)
            {
                Normalizations[i].BecomeIdentityOn(values);
            }

            values = Activate(values);
        }
    }

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

        _featureMeans?.Dispose();
        _featureDeviations?.Dispose();
    }

    private Tensor Forward(Tensor inputs, DropoutMask dropout, bool isTraining)
    {
        var values = Linear(0, inputs);
        for (var i = 1; i < Layers.Count; i++)
        {
            if (Settings.BatchNormalization)
            {
                values = Normalizations[i - 1].Forward(values, isTraining);
            }

            values = Linear(i, Drop(i - 1, Activate(values), dropout));
        }

        return values;

        Tensor Linear(int index, Tensor input) => isTraining
            ? Layers[index].ForwardTraining(input, Settings.ProductType)
            : Layers[index].Forward(input);
    }

    private Tensor ScaleFeatures(Tensor features) =>
        _featureMeans is null ? features : features.sub(_featureMeans).div_(_featureDeviations!);

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

    private Tensor Activate(Tensor values) => Architecture.Activation switch
    {
        MlpActivation.Relu => nn.functional.relu(values),
        MlpActivation.LeakyRelu => nn.functional.leaky_relu(values, MlpArchitecture.LeakyReluSlope),
        MlpActivation.Gelu => nn.functional.gelu(values),
        MlpActivation.Silu => nn.functional.silu(values),
        MlpActivation.Tanh => nn.functional.tanh(values),
        MlpActivation.Sigmoid => nn.functional.sigmoid(values),
        _ => throw new InvalidOperationException($"There is no activation {Architecture.Activation}."),
    };

    private Tensor ToTensor(double[] values) => tensor(values, Settings.Type, Settings.Device).DetachFromDisposeScope();
}
