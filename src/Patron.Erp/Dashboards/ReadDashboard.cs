using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Patron.Customers.Erp;
using Patron.Customers.Profiles;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// Reads the caller's own record in the home organization with their documents in the ERP (source 4, dashboard). The ERP is queried only
/// for sections without a fresh cached answer, and without holding a database connection; where it is unavailable, the last answers are
/// shown with their time. A record whose partner is in conflict shows no documents, and cached ones are not shown either (decision 0013).
/// 404 without a record, 403 without an account.
/// </summary>
public sealed class ReadDashboard(FindOwnPartner own, DashboardCache cache, TimeProvider time, IErpDocuments? erp = null)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(15);

    public Task<Result<Dashboard>> HandleAsync(Caller caller, CancellationToken cancellationToken) =>
        ReadAsync(caller, erp?.MaxAge ?? TimeSpan.Zero, cancellationToken);

    /// <summary>Asks the ERP again, but not for sections that it answered in the last fifteen seconds.</summary>
    public Task<Result<Dashboard>> RefreshAsync(Caller caller, CancellationToken cancellationToken) =>
        ReadAsync(caller, RefreshInterval, cancellationToken);

    private async Task<Result<Dashboard>> ReadAsync(Caller caller, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (!(await own.HandleAsync(caller, cancellationToken)).Succeeded(out var found, out var refused))
        {
            return refused;
        }

        return await ReadAsync(found, maxAge, cancellationToken);
    }

    /// <summary>Reads the documents of a partner that was found. It does not check access.</summary>
    internal Task<Dashboard> ReadAsync(OwnPartner found, CancellationToken cancellationToken) =>
        ReadAsync(found, erp?.MaxAge ?? TimeSpan.Zero, cancellationToken);

    private async Task<Dashboard> ReadAsync(OwnPartner found, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var profile = found.Profile;
        if (erp is not { } documents || found.Partner is not { } partner)
        {
            return Dashboard.WithoutErp(profile);
        }

        var cached = await cache.ReadAsync(profile.Customer, partner, cancellationToken);
        var reader = new DashboardReader(cached, maxAge, time);
        var services = reader.ReadAsync(
            "services", DashboardJson.Default.Services, () => documents.ServicesAsync(partner.Id, cancellationToken));
        var billing = reader.ReadAsync(
            "billing", DashboardJson.Default.Billing, () => documents.InvoicesAsync(partner.Id, DocumentQuery.Latest, cancellationToken));
        var arrears = reader.ReadAsync(
            "arrears", DashboardJson.Default.Arrears, () => documents.ArrearsAsync(partner.Id, cancellationToken));
        var tickets = reader.ReadAsync(
            "tickets", DashboardJson.Default.Tickets, () => documents.TicketsAsync(partner.Id, DocumentQuery.Latest, cancellationToken));
        var orders = reader.ReadAsync(
            "orders", DashboardJson.Default.Orders, () => documents.OrdersAsync(partner.Id, DocumentQuery.Latest, cancellationToken));
        await Task.WhenAll(services, billing, arrears, tickets, orders);
        await cache.SaveAsync(profile.Customer, partner, reader.NewSections, cancellationToken);
        return new Dashboard(profile, await services, await billing, await arrears, await tickets, await orders);
    }
}

/// <summary>
/// Reads the sections of one dashboard: from the cache while an answer is fresh, else from the ERP, else from the cache anyway. Sections
/// are read in parallel; new answers are collected for the cache.
/// </summary>
internal sealed class DashboardReader(IReadOnlyDictionary<string, CachedSection> cachedSections, TimeSpan maxAge, TimeProvider time)
{
    private readonly ConcurrentQueue<CachedSection> newSections = new();

    public IReadOnlyCollection<CachedSection> NewSections => newSections;

    public async Task<Section<T>> ReadAsync<T>(string name, JsonTypeInfo<ErpList<T>> json, Func<Task<Result<ErpList<T>>>> load)
    {
        var cached = cachedSections.GetValueOrDefault(name);
        if (cached is not null && time.GetUtcNow() - cached.AsOf < maxAge)
        {
            return ToSection(cached, json, SectionStatus.Ok);
        }

        var result = await load();
        if (result.Succeeded(out var list, out var failure))
        {
            return new Section<T>(SectionStatus.Ok, Add(name, JsonSerializer.Serialize(list, json)), list);
        }

        // Cache a missing module, but not a missing right: it may be granted again, and the cached answer is valid until then.
        return failure.Kind switch
        {
            ErrorKind.NotFound => Section<T>.NotAvailable with { AsOf = Add(name, null) },
            _ when cached is not null => ToSection(cached, json, SectionStatus.Stale),
            ErrorKind.Forbidden => Section<T>.NotAvailable,
            _ => new Section<T>(SectionStatus.Away, null, null),
        };
    }

    private DateTimeOffset Add(string name, string? answer)
    {
        var now = time.GetDatabaseNow();
        newSections.Enqueue(new CachedSection(name, answer, now));
        return now;
    }

    private static Section<T> ToSection<T>(CachedSection cached, JsonTypeInfo<ErpList<T>> json, SectionStatus status) =>
        cached.Answer is { } answer
        ? new Section<T>(status, cached.AsOf, JsonSerializer.Deserialize(answer, json))
        : Section<T>.NotAvailable with { AsOf = cached.AsOf };
}
