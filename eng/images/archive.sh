# Makes docker-archive tars. Source it; it works in the folder $work.

# archive FILE ROOT CONFIG TAG...   one layer, made the same way every time, so that equal content has an equal digest
archive() {
  local file=$1 root=$2 config=$3 dir tags layer id
  shift 3
  dir=$(mktemp -d "$work/archive.XXXX")
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$root" -cf "$dir/layer.tar" .
  layer=$(sha256sum "$dir/layer.tar" | cut -d' ' -f1)
  printf '{"architecture":"amd64","os":"linux","created":"1970-01-01T00:00:00Z","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$config" "$layer" >"$dir/config.json"
  id=$(sha256sum "$dir/config.json" | cut -d' ' -f1)
  mv "$dir/config.json" "$dir/$id.json"
  tags=$(printf '"%s",' "$@")
  printf '[{"Config":"%s.json","RepoTags":[%s],"Layers":["layer.tar"]}]' "$id" "${tags%,}" >"$dir/manifest.json"
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$dir" -cf "$file.new" "$id.json" layer.tar manifest.json
  mv "$file.new" "$file"
}
