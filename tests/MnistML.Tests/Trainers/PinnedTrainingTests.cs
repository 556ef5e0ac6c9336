using System.Runtime.Intrinsics.X86;
using Microsoft.ML;
using MnistML.Datasets;
using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>
/// Pins the bits of one small training for each recipe: a change that alters them must be intended and stated in the changelog. libtorch
/// rounds by the processor, so bits are compared on the kind of processor that they were taken on, and the loss elsewhere.
/// </summary>
internal sealed class PinnedTrainingTests
{
    /// <summary>Family and model of the processor, as CPUID leaf 1 gives them (AMD's manual, volume 3, appendix E).</summary>
    private const uint PinnedProcessor = 0x00A00F10;

    /// <summary>All bits but the stepping and the reserved ones.</summary>
    private const uint FamilyAndModel = 0x0FFF0FF0;

    private static readonly TestCaseData[] Recipes =
    [
        Pin(
            "Classic", MlpRecipes.Classic, MlpPrecision.Single,
            "a4c263a91c0b83c6db6765f355d1be5a2cdcb60500292776737e7a46e897a2da", 2.30246),
        Pin("Fast", MlpRecipes.Fast, MlpPrecision.Single, "7f589946768d0952b98f935f306ba637e73ea54bb036be796e0d981158e0ee15", 0.34449),
        Pin(
            "Fast in bfloat16", MlpRecipes.Fast, MlpPrecision.BFloat16,
            "9189b34674c9c9a10a287c7d84d1265e7a6ab2d94ce49353a3d719cab5347581", 0.34440),
        Pin(
            "Accurate in bfloat16", MlpRecipes.Accurate(28, 28) with { HiddenLayers = [64, 64], Members = 1 }, MlpPrecision.BFloat16,
            "82017602c1338a94645108d91113e6e4824aa257cc2d1970b92db9fe8246469d", 1.92498),
    ];

    [TestCaseSource(nameof(Recipes))]
    public void Fit_OfEachRecipe_GivesThePinnedBits(MlpTrainer.Options recipe, string hash, double loss)
    {
        using var folder = new TemporaryFolder();
        var files = SyntheticDigits.Write(folder.PathOf("digits"), trainCount: 1_000, testCount: 10, seed: 1);
        var mlContext = new MLContext(seed: 1);
        var data = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);

        using var model = new MlpTrainer(mlContext, recipe).Fit(data);

        Assert.That(model.History[^1].TrainLoss, Is.EqualTo(loss).Within(1e-3));
        if (IsPinnedProcessor)
        {
            Assert.That(model.Model.ComputeHash(), Is.EqualTo(hash));
        }
    }

    private static bool IsPinnedProcessor =>
        ProcessorAbilities.HasFastBFloat16 && ((uint)X86Base.CpuId(1, 0).Eax & FamilyAndModel) == (PinnedProcessor & FamilyAndModel);

    private static TestCaseData Pin(string name, MlpTrainer.Options recipe, MlpPrecision precision, string hash, double loss) =>
        new TestCaseData(recipe with { MaxEpochs = 2, Precision = precision, Seed = 1, ThreadCount = 2 }, hash, loss)
            .SetArgDisplayNames(name);
}
