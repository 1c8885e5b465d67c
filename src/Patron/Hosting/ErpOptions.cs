using Patron.Erp;
using Patron.Erp.Runs;
using Patron.ErpFiles;
using Patron.Odoo;
using Patron.Shared.Background;

namespace Patron.Hosting;

/// <summary>The kind of ERP that partners are read from.</summary>
public enum ErpKind
{
    /// <summary>The company's Odoo; section <c>Odoo</c>.</summary>
    Odoo,

    /// <summary>A folder with CSV files.</summary>
    Csv,
}

/// <summary>The configured ERP; section <c>Erp</c>. If it is not set, it is Odoo when <c>Odoo:Url</c> is set, else there is none.</summary>
public sealed class ErpOptions
{
    public ErpKind? Source { get; set; }

    /// <summary>The folder with the CSV files, as a full path.</summary>
    public string? Folder { get; set; }

    /// <summary>The schedule of full runs over the files: a cron string in UTC, or <c>never</c>; by default at 02:00.</summary>
    public string? Schedule { get; set; }

    /// <summary>The schedule of incremental runs, in the same form; by default <c>never</c>.</summary>
    public string? IncrementalSchedule { get; set; }

    public bool IsCsv => Source == ErpKind.Csv;

    internal FilesOptions Files => new(Folder!);

    internal SyncSettings FilesSchedule => new(Schedule ?? "0 2 * * *", IncrementalSchedule ?? CronSchedule.Never);

    /// <summary>The first contradiction in these settings, as a sentence; null if there is none.</summary>
    public string? Contradiction(OdooOptions odoo) => this switch
    {
        { Source: ErpKind.Odoo } when !odoo.IsConfigured => "Erp:Source is odoo but Odoo:Url is not set.",
        { IsCsv: true } when odoo.IsConfigured =>
            "Erp:Source is csv but Odoo:Url is set, too. Partners come from one of them: remove the other.",
        { IsCsv: true, Folder: null } => "Erp:Source is csv but Erp:Folder is not set, the folder that the files are in.",
        { IsCsv: false, Folder: not null } => "Erp:Folder is set but Erp:Source is not csv.",
        { IsCsv: false } when Schedule is not null || IncrementalSchedule is not null =>
            "Erp:Schedule or Erp:IncrementalSchedule is set but Erp:Source is not csv; for Odoo there are Odoo:Schedule and Odoo:IncrementalSchedule.",
        { Folder: { } folder } when !Path.IsPathFullyQualified(folder) => "Erp:Folder must be a full path such as /srv/erp/partners.",
        { IsCsv: true } when CronSchedule.Refusal("Erp:Schedule", FilesSchedule.Schedule) is { } refusal => refusal,
        { IsCsv: true } when CronSchedule.Refusal("Erp:IncrementalSchedule", FilesSchedule.IncrementalSchedule) is { } refusal => refusal,
        _ => null,
    };
}
