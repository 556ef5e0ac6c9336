using Microsoft.ML;

namespace MnistML.Scoring.Cursors;

/// <summary>Wraps cursors in others that own them.</summary>
internal static class OwnedCursors
{
    /// <summary>Wraps each cursor; if one cannot be wrapped, all of them are disposed.</summary>
    public static TCursor[] Wrap<TCursor>(DataViewRowCursor[] cursors, Func<DataViewRowCursor, TCursor> wrap)
        where TCursor : DataViewRowCursor
    {
        var wrapped = new List<TCursor>();
        try
        {
            foreach (var cursor in cursors)
            {
                wrapped.Add(wrap(cursor));
            }

            return [.. wrapped];
        }
        catch
        {
            wrapped.ForEach(cursor => cursor.Dispose());
            foreach (var cursor in cursors.Skip(wrapped.Count))
            {
                cursor.Dispose();
            }

            throw;
        }
    }
}
