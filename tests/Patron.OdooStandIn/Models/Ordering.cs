using System.Text.RegularExpressions;

namespace Patron.OdooStandIn.Models;

/// <summary>Sorts by orders such as <c>invoice_date desc, id</c>.</summary>
internal static partial class Ordering
{
    public static IEnumerable<StandInRecord> Sort(StandInModel model, Reading reading, IEnumerable<StandInRecord> records, string? order)
    {
        order ??= model.DefaultOrder;
        if (order == "id")
        {
            return records; // in stored order
        }

        IOrderedEnumerable<StandInRecord>? sorted = null;
        foreach (var part in order.Split(','))
        {
            var match = OrderPart().Match(part.Trim());
            if (!match.Success || !model.Fields.ContainsKey(match.Groups["field"].Value))
            {
                throw OdooError.User($"Invalid \"order\" specified ({order}). A valid \"order\" specification is a comma-separated list of valid field names (optionally followed by asc/desc for the direction)");
            }

            var field = match.Groups["field"].Value;
            sorted = Then(sorted, records, record => reading.Value(model, record, field), match.Groups["direction"].Value.StartsWith('d'));
        }

        return sorted!;
    }

    private static IOrderedEnumerable<StandInRecord> Then(
        IOrderedEnumerable<StandInRecord>? sorted, IEnumerable<StandInRecord> records, Func<StandInRecord, object?> key, bool descending) => (sorted, descending) switch
    {
        (null, false) => records.OrderBy(key, Values.Instance),
        (null, true) => records.OrderByDescending(key, Values.Instance),
        (_, false) => sorted.ThenBy(key, Values.Instance),
        (_, true) => sorted.ThenByDescending(key, Values.Instance),
    };

    // PostgreSQL sorts NULL last.
    private sealed class Values : IComparer<object?>
    {
        public static Values Instance { get; } = new();

        public int Compare(object? x, object? y) => (x, y) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            (string left, string right) => string.CompareOrdinal(left, right),
            _ => Comparer<object>.Default.Compare(x, y),
        };
    }

    [GeneratedRegex(@"^(?<field>[a-z_0-9]+)(\s+(?<direction>asc|desc))?$", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OrderPart();
}
