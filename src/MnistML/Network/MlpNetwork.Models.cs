using MnistML.Native;
using MnistML.Network.Losses;
using static TorchSharp.torch;

namespace MnistML.Network;

/// <content>From a network to a model of plain values, and back.</content>
internal sealed partial class MlpNetwork
{
    /// <summary>Of two logits that differ by so much, rounding does not make the other one the greater.</summary>
    private const double ClearDifference = 0.001;

    /// <summary>
    /// The trained network as plain values: batch normalisation, the factors and the encoding of features, and the scaling of labels are
    /// folded into the layers, and dropout is left out.
    /// </summary>
    public MlpModelParameters ToModelParameters()
    {
        using var scope = NewDisposeScope();
        var inputs = new FoldedInputs(
            Settings.Encoder, FactorsOfInputs is { } factors ? TensorValues.ToDoubles(factors.detach()) : null);
        MlpModelParameters[] members =
        [
            .. Enumerable.Range(0, Architecture.MemberCount).Select(member => new MlpModelParameters(
                Architecture.WithMembers(1),
                [
                    .. Layers.Select((layer, i) => LayerFolding.Fold(
                        layer,
                        member,
                        i == 0 ? inputs : null,
                        i < Normalizations.Count ? Normalizations[i] : null,
                        i + 1 == Layers.Count ? OutputScale : null,
                        isRounded: i == 0 && Settings.HasSparseInputs)),
                ],
                Settings.Encoder?.Encoding)),
        ];
        return members.Length == 1 ? members[0] : new MlpModelParameters(members);
    }

    /// <summary>Initialises this network so that it computes what the model computes.</summary>
    /// <param name="model">A model of the same architecture.</param>
    /// <param name="features">
    /// Rows, <c>[rows, features]</c> on the processor, from which batch normalisation is initialised so that at first it changes nothing.
    /// </param>
    /// <param name="newClasses">Classes that the model does not know: they keep the weights that this network has for them.</param>
    public void TakeOver(MlpModelParameters model, Tensor features, IReadOnlyList<int> newClasses)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (drawnWeights, drawnBiases) = (Layers[^1].Weights.clone(), Layers[^1].Biases.clone());
        var (inputs, values) = (features, Encode(features));
        for (var i = 0; i < Layers.Count; i++)
        {
            for (var member = 0; member < model.Members.Count; member++)
            {
                var (weights, biases) = LayerFolding.Unfold(
                    model.Members[member].Layers[i],
                    i == 0 ? Settings.Encoder : null,
                    i + 1 == Layers.Count ? Settings.Loss.TargetScale : null);
                Layers[i].Set(member, weights, biases);
            }

            (inputs, values) = (values, Layers[i].Forward(values));
            if (i < Normalizations.Count)
            {
                Normalizations[i].BecomeIdentityOn(values);
            }

            values = Activate(values);
        }

        if (newClasses.Count > 0)
        {
            AddClasses(newClasses, drawnWeights, drawnBiases, inputs);
        }
    }

    /// <summary>
    /// Gives classes weights and biases. Their biases are lowered until no member thinks one of them more probable than the class that all
    /// members together predict, in any of the rows. So at first the others are told apart as before.
    /// </summary>
    /// <param name="newClasses">The classes.</param>
    /// <param name="weights">Weights of the last layer, of which those of the classes are taken.</param>
    /// <param name="biases">Its biases, likewise.</param>
    /// <param name="inputs">The last layer's inputs, of rows.</param>
    private void AddClasses(IReadOnlyList<int> newClasses, Tensor weights, Tensor biases, Tensor inputs)
    {
        var last = Layers[^1];
        var (memberCount, classCount) = (last.MemberCount, last.Shape.OutputSize);
        var units = Indices(
            Enumerable.Range(0, memberCount).SelectMany(member => newClasses.Select(index => (member * classCount) + index)));
        last.Weights.index_copy_(0, units, weights.index_select(0, units));
        last.Biases.index_copy_(0, units, biases.index_select(0, units));
        int[] known = [.. Enumerable.Range(0, classCount).Except(newClasses)];
        if (known.Length > 0)
        {
            var logits = last.Forward(inputs).view(-1, memberCount, classCount);
            var ofKnown = logits.index_select(2, Indices(known));
            var predicted = ofKnown.softmax(2).mean([1]).argmax(1).view(-1, 1, 1).expand(-1, memberCount, 1);
            var excess = (logits.index_select(2, Indices(newClasses)) - ofKnown.gather(2, predicted)).amax([0]) + ClearDifference;
            last.Biases.index_add_(0, units, excess.clamp_min(0).flatten(), alpha: -1);
        }

        Tensor Indices(IEnumerable<int> indices) => tensor([.. indices.Select(index => (long)index)], device: last.Weights.device);
    }

    /// <summary>The scale that folds into the outputs: that of labels, or the temperature; null for none.</summary>
    private TargetScale? OutputScale =>
        Settings.Loss.TargetScale ?? (Temperature == 1 ? null : new TargetScale(Mean: 0, 1 / Temperature));
}
