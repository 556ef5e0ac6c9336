#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
#:property PublishAot=false

// Draws the package's icon, an M that is a network: dotnet run build/Icon.cs -- src/MnistML/icon.png

using SkiaSharp;

const int Size = 128; // pixels, as NuGet recommends
const float Corner = 26;

SKPoint[] inputs = [new(30, 94), new(30, 34)];
var hidden = new SKPoint(64, 70);
SKPoint[] outputs = [new(98, 34), new(98, 94)];
var background = SKColor.Parse("#1b2a4a");
var faint = SKColor.Parse("#4a6196");
var bright = SKColor.Parse("#f4f7ff");
var accent = SKColor.Parse("#ff9f43");

using var surface = SKSurface.Create(new SKImageInfo(Size, Size));
using var paint = new SKPaint { IsAntialias = true, StrokeCap = SKStrokeCap.Round };
var canvas = surface.Canvas;

paint.Color = background;
canvas.DrawRoundRect(0, 0, Size, Size, Corner, Corner, paint);

// What is not part of the letter is connected too, as in every fully connected layer.
Connect(faint, width: 3, inputs[0], hidden);
Connect(faint, width: 3, hidden, outputs[1]);
Connect(bright, width: 8, inputs[0], inputs[1]);
Connect(bright, width: 8, inputs[1], hidden);
Connect(bright, width: 8, hidden, outputs[0]);
Connect(bright, width: 8, outputs[0], outputs[1]);
foreach (var unit in inputs)
{
    DrawUnit(unit, bright);
}

DrawUnit(hidden, accent);
foreach (var unit in outputs)
{
    DrawUnit(unit, bright);
}

using var image = surface.Snapshot();
using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
File.WriteAllBytes(args[0], png.ToArray());

void Connect(SKColor color, float width, SKPoint from, SKPoint to)
{
    paint.Color = color;
    paint.StrokeWidth = width;
    canvas.DrawLine(from, to, paint);
}

void DrawUnit(SKPoint centre, SKColor color)
{
    paint.Color = background;
    canvas.DrawCircle(centre, 15, paint);
    paint.Color = color;
    canvas.DrawCircle(centre, 11, paint);
}
