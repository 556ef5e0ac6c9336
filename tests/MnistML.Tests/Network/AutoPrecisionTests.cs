using MnistML.Native;
using MnistML.Network;
using TorchSharp;

namespace MnistML.Tests.Network;

internal sealed class AutoPrecisionTests
{
    private static readonly MlpArchitecture Classic = new(784, [512, 256], 10);

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCase(784, new[] { 512, 256 }, 10, MlpPrecision.BFloat16)]
    [TestCase(784, new[] { 2500, 2000, 1500, 1000, 500 }, 10, MlpPrecision.BFloat16)]
    [TestCase(16, new[] { 32 }, 3, MlpPrecision.Single)]
    [TestCase(784, new int[0], 10, MlpPrecision.Single)]
    [TestCase(256, new[] { 127 }, 3, MlpPrecision.Single)]
    [TestCase(256, new[] { 128 }, 3, MlpPrecision.BFloat16)]
    public void Choose_OfAuto_GoesByTheLargestLayer(int features, int[] hidden, int classes, MlpPrecision expected) => Assert.That(
        AutoPrecision.Choose(
            MlpPrecision.Auto, new MlpArchitecture(features, hidden, classes), DeviceType.CPU, hasFastBFloat16: true),
        Is.EqualTo(expected));

    [Test]
    public void Choose_OfAutoWithoutInstructions_IsSingle() =>
        Assert.That(
            AutoPrecision.Choose(MlpPrecision.Auto, Classic, DeviceType.CPU, hasFastBFloat16: false), Is.EqualTo(MlpPrecision.Single));

    [Test]
    public void Choose_OfAutoOnCuda_IsSingle() =>
        Assert.That(
            AutoPrecision.Choose(MlpPrecision.Auto, Classic, DeviceType.CUDA, hasFastBFloat16: true), Is.EqualTo(MlpPrecision.Single));

    [Test]
    public void Choose_OfAChoice_IsThatOnAnyProcessor(
        [Values(MlpPrecision.Single, MlpPrecision.BFloat16)] MlpPrecision wanted, [Values] bool hasInstructions) =>
        Assert.That(AutoPrecision.Choose(wanted, Classic, DeviceType.CPU, hasInstructions), Is.EqualTo(wanted));

    [Test]
    [Platform("Linux")]
    public void HasFastBFloat16_OnLinux_IsWhatTheKernelSays()
    {
        var flags = LineOf("flags");
        var isOfAmd = LineOf("vendor_id").Contains("AuthenticAMD");
        var expected = flags.Contains(" avx512f ") && ((isOfAmd && flags.Contains(" avx512_bf16")) || flags.Contains(" amx_bf16"));

        Assert.That(ProcessorAbilities.HasFastBFloat16, Is.EqualTo(expected));

        static string LineOf(string name) =>
            File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) ?? "";
    }

    [Test]
    public void ChoosePrecision_OfOptions_IsTheRule()
    {
        var auto = ProcessorAbilities.HasFastBFloat16 ? MlpPrecision.BFloat16 : MlpPrecision.Single;

        Assert.That(MlpRecipes.Fast.ChoosePrecision(Classic), Is.EqualTo(auto));
        Assert.That(MlpRecipes.Classic.ChoosePrecision(Classic), Is.EqualTo(MlpPrecision.Single));
    }
}
