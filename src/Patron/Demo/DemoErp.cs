using System.Runtime.CompilerServices;
using Patron.Erp;
using Patron.Erp.Dashboards;
using Patron.Erp.Runs;
using Patron.Shared.Background;

namespace Patron.Demo;

/// <summary>The sync's connector for the demo: a stand-in for an ERP, inside the process and with made-up partners that never change.</summary>
internal sealed class DemoErp : IErpConnector
{
    public const string SourceName = "demo";

    public string Name => "Demo ERP (made-up data)";

    public string Source => SourceName;

    public string Identity => "Patron's demo ERP";

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult((long)DemoPartners.All.Count);

    // One page with all partners. A reading that continues after it, or looks for changes since, finds none.
    public async IAsyncEnumerable<PartnerPage> ReadPagesAsync(
        string? since, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new PartnerPage(since is null && after is null ? DemoPartners.All : [], [], "all");
    }

    public Task<PartnerPage> ReadAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        Task.FromResult(new PartnerPage([.. DemoPartners.All.Where(partner => ids.Contains(partner.Id))], [], null));

    public async IAsyncEnumerable<IReadOnlyList<string>> ReadIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return [.. DemoPartners.All.Select(partner => partner.Id)];
    }

    public Uri? FindLink(string id) => null;

    /// <summary>Adds the demo ERP instead of a real one. The demo syncs when it is prepared, so there is no schedule.</summary>
    public static void AddTo(IServiceCollection services) =>
        services.AddErpConnector<DemoErp>(new SyncSettings(CronSchedule.Never, CronSchedule.Never))
            .AddSingleton<DemoTickets>().AddSingleton<IErpDocuments, DemoDocuments>();
}
