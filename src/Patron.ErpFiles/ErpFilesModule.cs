using Microsoft.Extensions.DependencyInjection;
using Patron.Erp;

namespace Patron.ErpFiles;

/// <summary>Where the partners are: a folder with files of CSV that the ERP exports.</summary>
public sealed record FilesOptions(string Folder);

/// <summary>An ERP without an interface of its own: it exports its partners to files.</summary>
public static class ErpFilesModule
{
    /// <summary>Adds the connector; it needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddErpFiles(this IServiceCollection services, FilesOptions options, SyncSettings settings) =>
        services.AddSingleton(options).AddErpConnector<FilesConnector>(settings);
}
