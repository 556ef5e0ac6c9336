using MnistML.Web.Data;
using MnistML.Web.Models;
using MnistML.Web.Service;

namespace MnistML.Web.Endpoints;

/// <summary>Drawings that the user labels.</summary>
internal static class CorrectionEndpoints
{
    private const string IdxType = "application/octet-stream";

    public static void MapCorrections(this RouteGroupBuilder api)
    {
        var corrections = api.MapGroup("/corrections").WithTags("Corrections");
        corrections.MapGet("", (CorrectionStore store) => store.All)
            .WithSummary("All labelled drawings, in the order in which they were kept.");
        corrections.MapPost("", Add)
            .WithSummary("Keeps a drawing with its label. Once this is answered, it is on the disk.")
            .Produces<Correction>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        corrections.MapDelete("/{id}", Delete)
            .WithSummary("Deletes a labelled drawing.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
        corrections.MapGet("/images.idx", (CorrectionStore store) => File(store, CorrectionStore.ImagesName))
            .WithSummary("The drawings as an IDX file.")
            .Produces<Stream>(StatusCodes.Status200OK, IdxType)
            .ProducesProblem(StatusCodes.Status404NotFound);
        corrections.MapGet("/labels.idx", (CorrectionStore store) => File(store, CorrectionStore.LabelsName))
            .WithSummary("Their labels as an IDX file.")
            .Produces<Stream>(StatusCodes.Status200OK, IdxType)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult Add(CorrectionRequest request, CorrectionStore store, ModelHolder models, EventHub events, Limits limits)
    {
        if (models.Current is not { } model)
        {
            return Problems.NotReady();
        }

        if (request.Pixels.Length != DigitSet.PixelCount)
        {
            return Problems.WrongPixelCount(request.Pixels.Length);
        }

        if (request.Label < 0 || request.Label >= model.ClassNames.Count)
        {
            return Problems.WrongLabel(request.Label, model.ClassNames.Count);
        }

        if (store.Add(request.Pixels, request.Label, request.Predicted, limits.Corrections) is not { } correction)
        {
            return Problems.TooManyCorrections(limits);
        }

        events.Publish("corrections");
        return Results.Created($"/api/corrections/{correction.Id}", correction);
    }

    private static IResult Delete(string id, CorrectionStore store, EventHub events)
    {
        if (!store.Delete(id))
        {
            return Problems.NotFound($"There is no correction '{id}'. Was it deleted on another page?");
        }

        events.Publish("corrections");
        return Results.NoContent();
    }

    private static IResult File(CorrectionStore store, string name) => store.ReadFile(name) is { } bytes
        ? Results.File(bytes, IdxType, name)
        : Problems.NotFound("There are no corrections.");
}

/// <summary>A drawing to keep.</summary>
/// <param name="Pixels">28 × 28 bytes, row by row, in base 64, as an answer has them.</param>
/// <param name="Label">The zero-based class that the user names.</param>
/// <param name="Predicted">The class that the network named.</param>
internal sealed record CorrectionRequest(byte[] Pixels, int Label, int? Predicted = null);
