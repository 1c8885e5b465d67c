using Microsoft.Extensions.DependencyInjection;
using Patron.Erp;

namespace Patron.ErpFiles;

/// <summary>The folder with the CSV files that the ERP exports.</summary>
public sealed record FilesOptions(string Folder);

/// <summary>The connector for an ERP without an API, which exports its partners to files.</summary>
public static class ErpFilesModule
{
    /// <summary>Adds the connector; it needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddErpFiles(this IServiceCollection services, FilesOptions options, SyncSettings settings) =>
        services.AddSingleton(options).AddErpConnector<FilesConnector>(settings);
}
