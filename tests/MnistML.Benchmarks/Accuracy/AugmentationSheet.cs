using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common;
using MnistML.Training.Augmentation;
using SkiaSharp;

namespace MnistML.Benchmarks.Accuracy;

/// <summary>A picture of images: each as it is at the left, and beside it as some epochs would see it.</summary>
internal static class AugmentationSheet
{
    private const int Images = 8;
    private const int Epochs = 15;

    /// <summary>How many pixels of the picture one pixel of an image takes, in each direction.</summary>
    private const int Zoom = 2;
    private const int Gap = 2;

    public static void Write(string path, IDataView images, int height, int width)
    {
        var (columns, rows) = (Zoom * (1 + Epochs) * (width + Gap), Zoom * Images * (height + Gap));
        using var bitmap = new SKBitmap(columns, rows, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.Erase(SKColors.Gray);
        var distorter = new ImageDistorter(new MlpAugmentation(height, width));
        var row = 0;
        foreach (var image in images.GetColumn<float[]>("Features").Take(Images))
        {
            for (var column = 0; column <= Epochs; column++)
            {
                float[] shown = [.. image];
                if (column > 0)
                {
                    distorter.Distort(shown, Seeds.ForAugmentation(Seeds.ForBatch(seed: 1, epoch: column, batch: 0), row));
                }

                Draw(bitmap, shown, width, Zoom * column * (width + Gap), Zoom * row * (height + Gap));
            }

            row++;
        }

        using var file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, quality: 100);
    }

    private static void Draw(SKBitmap bitmap, float[] image, int width, int left, int top)
    {
        for (var pixel = 0; pixel < image.Length * Zoom * Zoom; pixel++)
        {
            var (y, x) = Math.DivRem(pixel, width * Zoom);
            var grey = (byte)Math.Round(byte.MaxValue * Math.Clamp(image[(y / Zoom * width) + (x / Zoom)], 0, 1));
            bitmap.SetPixel(left + x, top + y, new SKColor(grey, grey, grey));
        }
    }
}
