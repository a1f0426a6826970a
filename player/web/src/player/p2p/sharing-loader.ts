/**
 * Loads a fragment through the library, and from the server as without it when the library does
 * not deliver. So hls.js sees real statuses and its own retries, and sharing can end at any moment.
 */
import type {
  FragmentLoaderConstructor,
  FragmentLoaderContext,
  HlsConfig,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderContext,
  LoaderStats,
} from 'hls.js';

type FragmentLoader = Loader<FragmentLoaderContext>;

export function sharingLoader(Shared: FragmentLoaderConstructor): FragmentLoaderConstructor {
  return class implements FragmentLoader {
    readonly stats: LoaderStats;
    context: FragmentLoaderContext | null = null;
    readonly #config: HlsConfig;
    #current: FragmentLoader;
    #ended = false;

    constructor(config: HlsConfig) {
      this.#config = config;
      this.#current = new Shared(config);
      this.stats = this.#current.stats;
    }

    load(
      context: FragmentLoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<FragmentLoaderContext>,
    ): void {
      this.context = context;
      const onError: typeof callbacks.onError = (error, ...rest) => {
        // The clock runs only when the server was asked: then this is its answer.
        const ofServer = error.code !== 0 || this.stats.loading.start !== 0;
        if (ofServer || this.#ended) callbacks.onError(error, ...rest);
        else this.#loadPlainly(context, config, callbacks);
      };
      this.#current.load(context, config, { ...callbacks, onError });
    }

    abort(): void {
      this.#ended = true;
      this.#current.abort();
    }

    destroy(): void {
      this.#ended = true;
      this.#current.destroy();
    }

    #loadPlainly(
      context: FragmentLoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<FragmentLoaderContext>,
    ): void {
      const Plain = this.#config.loader;
      const plain = new Plain(this.#config) as unknown as Loader<LoaderContext>;
      plain.stats = this.stats;
      this.stats.loaded = 0;
      this.stats.total = 0;
      this.#current = plain as unknown as FragmentLoader;
      plain.load(context, config, callbacks as unknown as LoaderCallbacks<LoaderContext>);
    }
  };
}
