package web

import "net/http"

func (s *Server) work(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) signOffs(http.ResponseWriter, *http.Request) error { return errNoPage }
