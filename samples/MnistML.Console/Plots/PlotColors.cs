using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>Colours by depth.</summary>
internal static class PlotColors
{
    /// <summary>White at a depth of 0, the colour at 1.</summary>
    public static SKColor Blend(SKColor color, double depth)
    {
        byte Mix(byte channel) => (byte)Math.Round(byte.MaxValue + ((channel - byte.MaxValue) * depth));
        return new SKColor(Mix(color.Red), Mix(color.Green), Mix(color.Blue));
    }
}
