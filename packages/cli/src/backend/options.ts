import Type from 'typebox';

const closed = { additionalProperties: false } as const;

/** How the backends are listed. */
export const ListOptions = Type.Object(
  {
    check: Type.Boolean({ default: false, description: 'open each one that is there and train one step on it' }),
    json: Type.Boolean({ default: false, description: 'the list on stdout as JSON' }),
  },
  closed,
);

/** What is installed and how. */
export const InstallOptions = Type.Object(
  {
    cuda: Type.Boolean({
      default: false,
      description:
        "the build for NVIDIA GPUs, with CUDA 12's libraries (Linux x64 alone; 3.4 GB to download, 5.7 GB on disk)",
    }),
    force: Type.Boolean({ default: false, description: 'install again where it is installed already' }),
    python: Type.Optional(
      Type.String({
        placeholder: 'path',
        description:
          'the Python whose pip downloads it (default: the first of python3 and python on PATH that has pip)',
      }),
    ),
    progress: Type.Boolean({ default: true, description: 'no progress on stderr' }),
  },
  closed,
);
