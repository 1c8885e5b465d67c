using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// One reading of a dashboard: each part from what is kept while that is fresh, else from the ERP, else from what is kept anyway. Parts are read at the same
/// time; what the ERP said is there to be kept afterwards.
/// </summary>
internal sealed class DashboardReading(IReadOnlyDictionary<string, KeptSection> kept, TimeSpan maxAge, TimeProvider time)
{
    private readonly ConcurrentQueue<KeptSection> learnt = new();

    public IReadOnlyCollection<KeptSection> Learnt => learnt;

    public async Task<Section<T>> ReadAsync<T>(string name, JsonTypeInfo<ErpList<T>> json, Func<Task<Result<ErpList<T>>>> ask)
    {
        var known = kept.GetValueOrDefault(name);
        if (known is not null && time.GetUtcNow() - known.AsOf < maxAge)
        {
            return Show(known, json, SectionStatus.Ok);
        }

        var asked = await ask();
        if (asked.Succeeded(out var list, out var failure))
        {
            return new Section<T>(SectionStatus.Ok, Learn(name, JsonSerializer.Serialize(list, json)), list);
        }

        // Only a module that is not there is remembered. A right that is missing may come back, and what was known is true until then.
        return failure.Kind == ErrorKind.NotFound ? Section<T>.NotAvailable with { AsOf = Learn(name, null) }
            : known is not null ? Show(known, json, SectionStatus.Stale)
            : failure.Kind == ErrorKind.Forbidden ? Section<T>.NotAvailable
            : new Section<T>(SectionStatus.Away, null, null);
    }

    private DateTimeOffset Learn(string name, string? answer)
    {
        var now = time.GetDatabaseNow();
        learnt.Enqueue(new KeptSection(name, answer, now));
        return now;
    }

    private static Section<T> Show<T>(KeptSection known, JsonTypeInfo<ErpList<T>> json, SectionStatus status) => known.Answer is { } answer
        ? new Section<T>(status, known.AsOf, JsonSerializer.Deserialize(answer, json))
        : Section<T>.NotAvailable with { AsOf = known.AsOf };
}
