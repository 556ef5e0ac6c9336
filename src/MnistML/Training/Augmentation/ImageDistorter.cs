using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MnistML.Common;

namespace MnistML.Training.Augmentation;

/// <summary>Distorts images in place. It serves one thread at a time, and allocates nothing per image.</summary>
internal sealed class ImageDistorter
{
    /// <summary>Padding before the first pixel, and after the last, whose right neighbour is read too.</summary>
    private const int PixelsBefore = 1;
    private const int PixelsBeside = 3;

    private readonly MlpAugmentation _bounds;
    private readonly int _lineLength;
    private readonly int _paddedWidth;
    private readonly float[] _padded;
    private readonly int[] _corners;
    private readonly float[] _rights;
    private readonly float[] _belows;
    private readonly ElasticField? _elastic;

    public ImageDistorter(MlpAugmentation bounds)
    {
        _bounds = bounds;
        _lineLength = ElasticField.LineLengthOf(bounds.Width);
        _paddedWidth = bounds.Width + PixelsBeside;
        _padded = new float[(bounds.Height + PixelsBeside) * _paddedWidth];
        Array.Fill(_padded, bounds.Fill);
        var places = bounds.Height * _lineLength;
        (_corners, _rights, _belows) = (new int[places], new float[places], new float[places]);
        var side = Math.Min(bounds.Height, bounds.Width);
        _elastic = bounds.ElasticDisplacement > 0
            ? new ElasticField(bounds.Height, bounds.Width, bounds.ElasticDisplacement * side, bounds.ElasticSmoothness * side)
            : null;
    }

    /// <summary>Distorts an image by a distortion that is drawn from a seed.</summary>
    public void Distort(Span<float> image, ulong seed)
    {
        _elastic?.Draw(SplitMix64.Hash(~seed));
        Apply(image, Distortion.Draw(_bounds, seed));
    }

    /// <summary>Distorts an image by a given distortion, and by the current elastic field.</summary>
    internal void Apply(Span<float> image, Distortion distortion)
    {
        Locate(distortion.ToSource(_bounds.Height, _bounds.Width));
        for (var channel = 0; channel < _bounds.Channels; channel++)
        {
            // The offset of the channel, and the step from pixel to pixel.
            var (start, step) = _bounds.IsInterleaved ? (channel, _bounds.Channels) : (channel * _bounds.Height * _bounds.Width, 1);
            Pad(image[start..], step);
            Sample(image[start..], step);
        }
    }

    /// <summary>
    /// Finds, for each pixel of the result, the upper left of the four source pixels around it, and its distances to the right and down.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Locate(AffineMap map)
    {
        var (farRight, farBelow) = (Vector512.Create((float)_bounds.Width), Vector512.Create((float)_bounds.Height));
        var outside = Vector512.Create((float)-PixelsBefore);
        var indices = Vector512.ConvertToSingle(Vector512<int>.Indices);
        var (xx, yx) = (Vector512.Create((float)map.XX), Vector512.Create((float)map.YX));
        for (var y = 0; y < _bounds.Height; y++)
        {
            var (lineX, lineY) = ((map.XY * y) + map.X0, (map.YY * y) + map.Y0);
            for (var x = 0; x < _lineLength; x += Vector512<float>.Count)
            {
                var at = (y * _lineLength) + x;
                var sourceX = Vector512.FusedMultiplyAdd(xx, indices, Vector512.Create((float)((map.XX * x) + lineX)));
                var sourceY = Vector512.FusedMultiplyAdd(yx, indices, Vector512.Create((float)((map.YX * x) + lineY)));
                if (_elastic is not null)
                {
                    sourceX += Vector512.Create(_elastic.X[at..]);
                    sourceY += Vector512.Create(_elastic.Y[at..]);
                }

                // Everything farther out is padding too.
                sourceX = Vector512.Min(Vector512.Max(sourceX, outside), farRight);
                sourceY = Vector512.Min(Vector512.Max(sourceY, outside), farBelow);
                var (left, top) = (Vector512.Floor(sourceX), Vector512.Floor(sourceY));
                (sourceX - left).CopyTo(_rights, at);
                (sourceY - top).CopyTo(_belows, at);
                var line = Vector512.ConvertToInt32(top) + Vector512.Create(PixelsBefore);
                ((line * _paddedWidth) + Vector512.ConvertToInt32(left) + Vector512.Create(PixelsBefore)).CopyTo(_corners, at);
            }
        }
    }

    private void Pad(ReadOnlySpan<float> channel, int step)
    {
        for (var y = 0; y < _bounds.Height; y++)
        {
            var line = _padded.AsSpan(((y + PixelsBefore) * _paddedWidth) + PixelsBefore, _bounds.Width);
            var source = channel[(y * _bounds.Width * step)..];
            if (step == 1)
            {
                source[.._bounds.Width].CopyTo(line);
                continue;
            }

            for (var x = 0; x < line.Length; x++)
            {
                line[x] = source[x * step];
            }
        }
    }

    /// <summary>Pixel by pixel: gathering sixteen at once takes as long, and four values for each pixel come from two places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sample(Span<float> channel, int step)
    {
        ref var padded = ref MemoryMarshal.GetArrayDataReference(_padded);
        var target = 0;
        for (var y = 0; y < _bounds.Height; y++)
        {
            var corners = _corners.AsSpan(y * _lineLength, _bounds.Width);
            var rights = _rights.AsSpan(y * _lineLength, corners.Length);
            var belows = _belows.AsSpan(y * _lineLength, corners.Length);
            for (var x = 0; x < corners.Length; x++)
            {
                ref var upper = ref Unsafe.Add(ref padded, corners[x]); // within, by Locate's bounds
                ref var lower = ref Unsafe.Add(ref upper, _paddedWidth);
                var top = upper + (rights[x] * (Unsafe.Add(ref upper, 1) - upper));
                var bottom = lower + (rights[x] * (Unsafe.Add(ref lower, 1) - lower));
                channel[target] = top + (belows[x] * (bottom - top));
                target += step;
            }
        }
    }
}
