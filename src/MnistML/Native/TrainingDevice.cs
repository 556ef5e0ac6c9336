using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace MnistML.Native;

/// <summary>
/// The device of a training: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, or <c>auto</c>, which takes CUDA if it is available.
/// </summary>
internal static class TrainingDevice
{
    /// <summary>A regular expression of valid names.</summary>
    public const string Pattern = "cpu|auto|cuda(:[0-9]{1,3})?";

    /// <summary>The name of the processor.</summary>
    public const string Processor = "cpu";

    private const string CudaRequirements =
        "CUDA needs an NVIDIA graphics card with its driver, and the package TorchSharp-cuda-linux or "
        + "TorchSharp-cuda-windows instead of TorchSharp-cpu.";

    private const string Automatic = "auto";

    /// <summary>Finds a device by name; libtorch must be loaded.</summary>
    /// <exception cref="ArgumentException">There is no such device; the message lists the devices of this process.</exception>
    public static Device Find(string name)
    {
        if (name == Processor)
        {
            return CPU;
        }

        var count = cuda.is_available() ? cuda.device_count() : 0;
        if (name == Automatic)
        {
            return count > 0 ? CUDA : CPU;
        }

        var index = name.Contains(':') ? int.Parse(name[(name.IndexOf(':') + 1)..], CultureInfo.InvariantCulture) : 0;
        if (index < count)
        {
            return device(DeviceType.CUDA, index);
        }

        var existing = string.Join(", ", Enumerable.Range(0, count).Select(i => $"cuda:{i}").Prepend(Processor));
        throw new ArgumentException(
            $"There is no device '{name}'. This process has {existing}."
            + (count == 0 ? $" {CudaRequirements}" : ""));
    }
}
